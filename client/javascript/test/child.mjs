// Calls until it is killed.
import { Caller } from "../src/index.mjs";
import { NOW, open, PATH } from "./support.mjs";

const [folder, url] = process.argv.slice(2);
const caller = new Caller(open(folder), url);
for (let count = 0; ; count += 1) {
  await caller.call(PATH, `{"count":${count}}`, { most: 10, block: NOW });
  if (count === 0) console.log("calls");
}
