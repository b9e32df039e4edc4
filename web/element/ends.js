// Who reads at the end of something that grows stays at its end; who reads elsewhere stays there.

/** Texts are read when they are shown: what came grows for a moment. */
const AGAIN_MS = [0, 150, 600];

export class Ends {
  /** What is read at its end, and how far it was scrolled last. */
  #at = new Map();

  /** Watches what scrolls inside `root`: a shadow root, or a document. */
  constructor(root) {
    root.addEventListener('scroll', ({ target }) => {
      const box = target.scrollingElement ?? target;
      const { scrollTop, scrollHeight, clientHeight } = box;
      // What has no room to scroll has no end to be at.
      if (scrollTop > 0 && scrollTop + clientHeight > scrollHeight - 4) this.#at.set(box, scrollTop);
      // It may have grown before this event came: only who went back has left the end.
      else if (scrollTop < this.#at.get(box)) this.#at.delete(box);
    }, { capture: true, passive: true });
  }

  /** More has come. */
  follow() {
    for (const ms of AGAIN_MS) setTimeout(() => requestAnimationFrame(() => this.#scroll()), ms);
  }

  #scroll() {
    for (const box of this.#at.keys()) {
      if (box.isConnected) box.scrollTop = box.scrollHeight;
      else this.#at.delete(box);
    }
  }
}
