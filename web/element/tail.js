// Follows a trace that grows on a server: asks for what was appended since (HTTP Range), and for nothing else.

/** Longest pause between two questions while the server does not answer. */
const LONGEST_MS = 60_000;
/** A run that has ended may still write a line: asked so often after it ended. */
const AFTER_END = 2;
/** What comes in one answer is handed on in pieces of this size, or this often. */
const PIECE = 4 << 20;
const PIECE_MS = 300;

export class Tail {
  #url;
  #pause;
  #tell;
  #offset = 0;
  #failures = 0;
  #left = Infinity;
  #timer;
  #abort = new AbortController();

  /**
   * Begins at once. `tell` has begin() (the trace starts, or was begun anew), append(blob), which returns whether it goes on, giveUp()
   * (it cannot be followed) and trouble(words) (no answer; none: there is one again).
   */
  constructor(url, seconds, tell) {
    this.#url = url;
    this.#pause = Math.max(250, seconds * 1000);
    this.#tell = tell;
    tell.begin();
    void this.#ask();
  }

  /** Asks no more. */
  stop() {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  /** The run has ended. */
  finished() {
    if (this.#left === Infinity) this.#left = AFTER_END;
  }

  async #ask() {
    let wait = this.#pause;
    try {
      // More after the end: it goes on.
      if (await this.#more()) this.#left = Infinity;
      else if (this.#left !== Infinity) this.#left -= 1;
      if (this.#failures) this.#tell.trouble('');
      this.#failures = 0;
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#failures += 1;
      wait = Math.min(LONGEST_MS, this.#pause * 2 ** this.#failures);
      if (this.#failures === 1) this.#tell.trouble(String(error?.message ?? error));
    }
    if (this.#left > 0 && !this.#abort.signal.aborted) this.#timer = setTimeout(() => void this.#ask(), wait);
  }

  /** Hands on what is new; returns whether there was any. */
  async #more() {
    // With the last byte that is known: a question for nothing would be answered with an error, which the browser's console shows.
    const first = Math.max(0, this.#offset - 1);
    const headers = this.#offset ? { Range: `bytes=${first}-` } : {};
    const response = await fetch(this.#url, { headers, signal: this.#abort.signal, cache: 'no-store' });
    const range = response.headers.get('content-range') ?? '';
    if (response.status === 416) {
      // Shorter than what is known: begun anew.
      if (this.#offset) this.#begin();
      return false;
    }
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
    if (response.status === 206) {
      const from = /bytes (\d+)-/.exec(range)?.[1];
      if (from !== undefined && Number(from) !== first) throw new Error('the server answered with other bytes than were asked for');
      return this.#take(response, this.#offset - first);
    }
    // No ranges here: the answer is everything, of which the beginning is known.
    const length = Number(response.headers.get('content-length') ?? NaN);
    if (!response.headers.has('content-encoding') && length < this.#offset) this.#begin();
    return this.#take(response, this.#offset);
  }

  #begin() {
    this.#offset = 0;
    this.#left = Infinity;
    this.#tell.begin();
  }

  /** Hands on the bytes of an answer, except the first `known`. */
  async #take(response, known) {
    const reader = response.body.getReader();
    let skip = known;
    let kept = [];
    let size = 0;
    let since = Date.now();
    const hand = () => {
      if (size && !this.#tell.append(new Blob(kept))) this.stop();
      kept = [];
      size = 0;
      since = Date.now();
    };
    const before = this.#offset;
    for (;;) {
      const { done, value } = await reader.read();
      if (this.#abort.signal.aborted) return false;
      if (done) break;
      const rest = value.subarray(Math.min(skip, value.length));
      skip -= value.length - rest.length;
      if (!rest.length) continue;
      if (!this.#offset && (rest[0] === 0x1f || rest[0] < 9)) {
        // Compressed, or no text at all: pieces of it say nothing.
        this.stop();
        this.#tell.giveUp();
        return false;
      }
      this.#offset += rest.length;
      size += rest.length;
      kept.push(rest);
      if (size >= PIECE || Date.now() - since >= PIECE_MS) hand();
    }
    hand();
    return this.#offset > before;
  }
}
