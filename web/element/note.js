// A line at the bottom of the viewer about its source: that its server does not answer, for example.

/** Says it in the viewer of `host`; without words the line goes. */
export function note(host, words) {
  const root = host.shadowRoot.querySelector('.cs-root');
  let line = root?.querySelector(':scope > .cs-trouble');
  if (!words) return void line?.remove();
  if (!root) return;
  line ??= root.appendChild(document.createElement('p'));
  line.className = 'cs-trouble';
  line.setAttribute('role', 'status');
  line.textContent = `This trace cannot be read on: ${words}. It is tried again, more and more rarely.`;
}
