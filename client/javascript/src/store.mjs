// What must survive: written aside, flushed to the disk and renamed, so that it is there whole or not at all.
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

/** Whether a process runs. */
function runs(process_) {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function flushed(path, flags, write) {
  const file = openSync(path, flags, 0o600);
  try {
    write(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const flushFolder = (path) => flushed(dirname(path), "r", () => {});

function writeAll(file, bytes) {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

/** A folder of one channel's books, which one process at a time has open. */
export class Store {
  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#lock();
  }

  path(name) {
    return join(this.folder, name);
  }

  #lock() {
    const path = this.path("lock");
    for (let tries = 0; tries < 2; tries += 1) {
      try {
        flushed(path, "wx", (file) => writeAll(file, Buffer.from(String(process.pid))));
        return;
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
      }
      const owner = Number(this.read("lock"));
      if (owner === process.pid || runs(owner)) throw new Error(`process ${owner} has ${this.folder} open: one at a time can`);
      // Of several that find the lock of a dead process, one takes it away.
      const aside = this.path(`lock.${process.pid}`);
      renameSync(path, aside);
      const taken = Number(readFileSync(aside, "utf8"));
      rmSync(aside);
      if (taken !== owner) throw new Error(`process ${taken} has just opened ${this.folder}: try again`);
    }
    throw new Error(`${this.folder} is opened by others again and again`);
  }

  /** Lets others open it. */
  close() {
    rmSync(this.path("lock"), { force: true });
  }

  /** What is in a file; nothing if there is none. */
  read(name) {
    try {
      return readFileSync(this.path(name));
    } catch (error) {
      if (error.code === "ENOENT") return Buffer.alloc(0);
      throw error;
    }
  }

  /** Writes a whole file. It is on disk when this returns. */
  write(name, text) {
    const aside = this.path(`${name}.new`);
    flushed(aside, "w", (file) => writeAll(file, Buffer.from(text)));
    renameSync(aside, this.path(name));
    flushFolder(aside);
  }

  /** Writes at a place of a file, and beyond what was there. It is on disk when this returns. */
  writeAt(name, place, bytes) {
    const path = this.path(name);
    const file = openSync(path, "a+", 0o600);
    closeSync(file);
    flushed(path, "r+", (open) => {
      for (let done = 0; done < bytes.length;) done += writeSync(open, bytes, done, bytes.length - done, place + done);
    });
    if (place === 0) flushFolder(path);
  }
}
