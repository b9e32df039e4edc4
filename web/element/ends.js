// Who reads at the end of something that grows stays at its end; who reads elsewhere stays there.

export class Ends {
  #at = new Set();

  /** Watches what scrolls inside `root`: a shadow root, or a document. */
  constructor(root) {
    root.addEventListener('scroll', ({ target }) => {
      const box = target.scrollingElement ?? target;
      const { scrollTop, scrollHeight, clientHeight } = box;
      // What has no room to scroll has no end to be at.
      if (scrollTop > 0 && scrollTop + clientHeight > scrollHeight - 4) this.#at.add(box);
      else this.#at.delete(box);
    }, { capture: true, passive: true });
  }

  /** More has come. */
  follow() {
    requestAnimationFrame(() => {
      for (const box of this.#at) {
        if (box.isConnected) box.scrollTop = box.scrollHeight;
        else this.#at.delete(box);
      }
    });
  }
}
