// The page's copy of the sandbox: a flat table "message:C0CARE:1795…" -> value, kept right over a WebSocket.

const LONGEST_PAUSE = 8000;

class Store {
  #table = new Map();
  #revisions = new Map();
  #revision = 0;
  #listeners = new Set();
  #socket = null;
  #pause = 250;
  #retry = null;
  seat = "";
  state = "connecting";

  get(key) {
    return this.#table.get(key);
  }

  /** A number that changes whenever the value does. */
  revision(key) {
    return this.#revisions.get(key) ?? 0;
  }

  /** [key, value] of every row whose key starts so. */
  rows(prefix) {
    return [...this.#table].filter(([key]) => key.startsWith(prefix));
  }

  values(prefix) {
    return this.rows(prefix).map(([, value]) => value);
  }

  listen(listener) {
    this.#listeners.add(listener);
  }

  /** Sits down in a seat: (re)connects and asks for everything that this person sees. */
  sit(seat) {
    this.seat = seat;
    this.#close();
    this.#connect();
  }

  #close() {
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/page/ws?seat=${encodeURIComponent(this.seat)}`);
    this.#socket = socket;
    socket.addEventListener("message", (event) => socket === this.#socket && this.#take(JSON.parse(event.data)));
    socket.addEventListener("close", () => socket === this.#socket && this.#again());
  }

  #again() {
    this.#become("reconnecting");
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.#tell(new Set(["connection"]), false);
  }

  #take(news) {
    this.#pause = 250;
    this.state = "live";
    if (news.type === "snapshot") this.#replace(news.set);
    else this.#change(news.set, news.gone ?? []);
  }

  #replace(rows) {
    const gone = [...this.#table.keys()].filter((key) => !(key in rows));
    this.#change(rows, gone, true);
  }

  #change(rows, gone, whole = false) {
    const changed = new Set(["connection"]);
    for (const key of gone) {
      if (this.#table.delete(key)) changed.add(key);
    }
    for (const [key, value] of Object.entries(rows)) {
      if (whole && JSON.stringify(this.#table.get(key)) === JSON.stringify(value)) continue;
      this.#table.set(key, value);
      this.#revisions.set(key, ++this.#revision);
      changed.add(key);
    }
    this.#tell(changed, whole);
  }

  #tell(changed, whole) {
    for (const listener of this.#listeners) listener(changed, whole);
  }
}

export const store = new Store();
