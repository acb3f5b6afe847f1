// SPDX-License-Identifier: Apache-2.0
// The function of the pattern: it calls a service that succeeds with the probability SUCCESS_PROBABILITY.
import { Circuit } from "./circuit-breaker.mjs";

const service = new Circuit();

async function callService() {
    if (Math.random() >= Number(process.env.SUCCESS_PROBABILITY || "0.6")) throw new Error("the service failed");
    return "Success";
}

export async function handler() {
    const message = await service.run(callService, () => "Fallback");
    return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ message }) };
}
