// A small mark beside the store: that it exists, and how often it changed hands. A store that is empty though
// it is
// marked was removed by the browser.

export class Marker {
  #name: string;

  constructor(path: string) {
    this.#name = `rockpool:${path}`;
  }

  #read(): number {
    try {
      return Number(localStorage.getItem(this.#name) ?? 0);
    } catch {
      return 0;
    }
  }

  #write(hands: number): void {
    try {
      localStorage.setItem(this.#name, String(hands));
    } catch {
      /* without it a lost store goes unnoticed, no more */
    }
  }

  /** This tab takes the store. Was it lost? */
  begin(files: number): boolean {
    const hands = this.#read();
    this.#write(hands + 1);
    return hands > 0 && files === 0;
  }

  remove(): void {
    try {
      localStorage.removeItem(this.#name);
    } catch {
      /* there is none */
    }
  }
}
