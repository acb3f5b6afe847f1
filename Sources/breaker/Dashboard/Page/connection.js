// SPDX-License-Identifier: Apache-2.0
// The stream of frames: reconnects by itself, goes on where it was, notices a server that has restarted, and knows the server's clock.
const silence = 3000;
const retry = 700;

export class Connection {
  constructor({ hello, frame, link, restarted }) {
    Object.assign(this, { hello, frame, link, restarted });
    this.instance = null;
    this.last = "";
    this.heard = 0;
    this.offset = 0;
    this.open();
    setInterval(() => this.check(), 500);
  }

  // Milliseconds since the epoch, by the server's clock.
  now() {
    return performance.now() + this.offset;
  }

  open() {
    this.source?.close();
    this.source = new EventSource(`/dashboard/events${this.last ? `?after=${encodeURIComponent(this.last)}` : ""}`);
    this.opened = performance.now();
    this.source.addEventListener("hello", (event) => {
      const hello = JSON.parse(event.data);
      const hasRestarted = this.instance !== null && this.instance !== hello.instance;
      this.instance = hello.instance;
      this.offset = 0;
      this.hello(hello);
      if (hasRestarted) this.restarted();
    });
    this.source.onmessage = (event) => {
      const frame = JSON.parse(event.data);
      this.last = event.lastEventId;
      this.heard = performance.now();
      this.learn(frame.now - this.heard);
      this.link("live");
      this.frame(frame);
    };
  }

  // The frame that was quickest on its way tells the clock best; a clock that was set is followed.
  learn(offset) {
    if (offset > this.offset || this.offset - offset > 1000) this.offset = offset;
  }

  check() {
    const now = performance.now();
    const quiet = now - Math.max(this.heard, this.opened);
    if (now - this.heard > silence) this.link(this.heard === 0 ? "connecting" : "lost");
    const isClosed = this.source.readyState === EventSource.CLOSED;
    if ((isClosed && quiet > retry) || quiet > silence) this.open();
  }
}

// Asks the server to do something; the answer, or an error that says what was wrong.
export async function command(name, body = {}) {
  let response;
  try {
    response = await fetch(`/dashboard/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("the server does not answer");
  }
  const answer = await response.json().catch(() => ({ error: `the server answered ${response.status}` }));
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
