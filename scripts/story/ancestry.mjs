// What happens to those who hide where a model comes from, to those who contest what is true, and to a licence that does not allow what somebody
// wants. Arbiters decide, and what they decide is carried out a day later on a live network, six epochs on any: the story goes on meanwhile.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

// The arbiters of the test networks; two of the three are enough.
const ARBITERS = ["dave", "eve"];
const UNIT = 1_000_000_000_000n;
// Protocol fee.
const net = (gross) => (gross * 98n) / 100n;

/** The most that any descendant ever pays to the base model: an adapter that earns 100 TRIB reaches it. */
export const CEILING = "8";

export class Ancestry {
  constructor(story, base) {
    Object.assign(this, { story, base });
  }

  call(...words) {
    return this.story.client.call(...words);
  }

  model(id) {
    return this.call(undefined, "model", "show", String(id));
  }

  evidence(name) {
    const path = join(this.story.folder, name);
    writeFileSync(path, `What shows it: ${name}\n`);
    return path;
  }

  /** Registers a model under terms of its owner's. */
  async register(owner, royalty, ...descent) {
    const terms = await this.story.publish(owner, royalty);
    const { model } = await this.call(owner, "model", "register", ...descent, "--weights", this.evidence(`weights of ${owner}`), "--terms", terms);
    return model;
  }

  async pay(model, amount) {
    await this.call("Consumer", "pay", `model:${model}`, String(amount));
  }

  /** Two arbiters say the same. */
  async vote({ case: id }, verdict) {
    for (const arbiter of ARBITERS) await this.call(arbiter, "dispute", "vote", String(id), verdict);
  }

  /** A licence that allows more than the source hands on is refused, with the reason, before anything is signed. */
  async refusal() {
    const { terms } = await this.call("Nemo", "licence", "publish", "--preset", "MIT");
    const words = ["model", "register", "--kind", "fine-tune", "--parent", String(this.base.id), "--weights", this.evidence("weights"), "--terms", terms];
    const error = await this.call("Nemo", ...words).then(() => assert.fail("it is refused"), (refused) => refused);
    const [reason] = error.message.match(/By its licence: .*/) ?? assert.fail(error.message);
    assert.match(reason, new RegExp(`model ${this.base.id}`));
    this.story.say(`Nemo could not put a fine-tune of model ${this.base.id} under MIT. ${reason}`);
  }

  /** Beside the second round: a model whose owner hides its parent, and an adapter whose parent somebody denies. */
  async begin() {
    await this.refusal();
    const base = String(this.base.id);
    this.hiding = await this.register("Nemo", "5%", "--kind", "base");
    this.adapter = await this.register("Lena", "5%", "--kind", "adapter", "--parent", base);
    await this.pay(this.hiding, 60);
    await this.call("Lena", "settle", "--model", String(this.hiding));
    this.claim = await this.call("Basil", "dispute", "open", String(this.hiding), "--missing", `fine-tuned-from:${base}`,
      "--evidence", this.evidence("equal layers"));
    const { contested, waiting } = await this.model(this.hiding);
    // A tenth for the base, a fifth for the data behind it.
    const owed = (3n * net(60n * UNIT)) / 10n;
    assert.equal(BigInt(contested), owed, "three tenths are set aside, of what waited");
    assert.equal(BigInt(waiting), net(60n * UNIT) / 2n - owed);
    this.story.say(`Nemo hid that model ${this.hiding} comes from model ${base}, and sold for 60 TRIB; Basil claims it: a tenth for him and a fifth for his data are set aside, of the half that waits`);

    this.denial = await this.call("Mallory", "dispute", "open", String(this.adapter), "--false-parent", `adapter-of:${base}`,
      "--evidence", this.evidence("hearsay"));
    await this.pay(this.adapter, 100);
    await this.call("Lena", "settle", "--model", String(this.adapter));
    const held = await this.model(this.adapter);
    const [royalty] = held.royalties;
    assert.ok(royalty.frozen, "the share of the base is held back");
    assert.equal(BigInt(royalty.earned), BigInt(CEILING) * UNIT, "a tenth of 98 TRIB is more than the ceiling");
    assert.equal(royalty.paid, "0");
    const data = (4n * net(100n * UNIT)) / 10n;
    assert.equal(BigInt(held.royalties[1].paid), data, "the data are paid, topped up to two fifths");
    assert.equal(BigInt(held.team[0].paid), (net(100n * UNIT) - BigInt(CEILING) * UNIT - data) / 2n, "and nothing else waits");
    this.story.say(`Mallory denies that Lena's adapter ${this.adapter} comes from model ${base}: of 98 TRIB that one share is held back, ${CEILING} TRIB, its ceiling; the data and Lena are paid`);

    await this.vote(this.claim, "--uphold");
    await this.vote(this.denial, "--dismiss");
    this.story.say("two of three arbiters uphold Basil's claim and dismiss Mallory's; whoever disagrees can appeal to governance");
  }

  /** Once the time to appeal is over. */
  async end() {
    const base = String(this.base.id);
    const before = BigInt((await this.model(base)).team[0].earned);
    const upheld = await this.call("Basil", "dispute", "close", String(this.claim.case));
    assert.equal(upheld.outcome, "Upheld");
    const dismissed = await this.call("Basil", "dispute", "close", String(this.denial.case));
    assert.equal(dismissed.outcome, "Dismissed");
    await this.call("Lena", "settle", "--model", String(this.hiding), "--model", String(this.adapter));
    const late = net(60n * UNIT) / 10n;
    const { royalties: [owed, forData], edges: [edge] } = await this.model(this.hiding);
    assert.ok(edge.upheld && edge.debt > 0, "the edge is a debt");
    assert.deepEqual([owed.ground, BigInt(owed.paid)], ["Late", late]);
    assert.deepEqual([forData.ground, BigInt(forData.paid)], ["Late", 2n * late]);
    const { royalties: [again] } = await this.model(this.adapter);
    assert.ok(!again.frozen);
    assert.equal(BigInt(again.paid), BigInt(CEILING) * UNIT);
    const after = BigInt((await this.model(base)).team[0].earned);
    assert.equal(after - before, late + BigInt(CEILING) * UNIT);
    this.story.say(`Basil's claim is carried out: 5.88 TRIB for him and 11.76 for the data, out of what waited for Nemo; Mallory's bond is burnt, and the ${CEILING} TRIB held back are paid`);

    // Of another payment the base has nothing more: its ceiling is reached.
    await this.pay(this.adapter, 100);
    await this.call("Lena", "settle", "--model", String(this.adapter));
    const { royalties: [full], team: [lena] } = await this.model(this.adapter);
    assert.equal(BigInt(full.paid), BigInt(CEILING) * UNIT, "the ceiling is reached");
    assert.equal(BigInt(lena.paid), ((6n * net(200n * UNIT)) / 10n - BigInt(CEILING) * UNIT) / 2n);
    this.story.say(`the adapter sold for 100 TRIB more: the ceiling of ${CEILING} TRIB is reached, what the data leave is Lena's, half of it later`);
  }
}
