// The attributes of <crew-scope>; each is a property, too.

export const ATTRIBUTES = ['src', 'theme', 'execution', 'task', 'view', 'live', 'prices', 'sections'];

const DEFAULTS = { theme: 'auto' };

/** Gives the class a property for each attribute. */
export function asProperties({ prototype }) {
  for (const name of ATTRIBUTES) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      enumerable: true,
      get() {
        return this.getAttribute(name) ?? DEFAULTS[name] ?? '';
      },
      set(value) {
        if (value === null || value === undefined || value === false) this.removeAttribute(name);
        else this.setAttribute(name, value === true ? '' : value);
      },
    });
  }
}
