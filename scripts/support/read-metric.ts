/** @param name with its labels, as it is exposed: `gateway_webhooks_total{verdict="appended"}`. @returns NaN for what is not there */
export async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length));
}
