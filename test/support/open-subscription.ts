import type { Subscribe, Subscribing } from './subscribe-once.ts';

/** One subscription over one connection, its events one by one. */
export interface OpenSubscription<Data> {
  /** The next event; rejects when the subscription is over before. */
  next(): Promise<Data>;
  /** How it ended, as `Subscribe` tells. */
  readonly over: Promise<string>;
  leave(): Promise<string>;
}

type Options = Pick<Subscribing, 'url' | 'query'> &
  Partial<Pick<Subscribing, 'variables' | 'after' | 'token' | 'onRefused'>>;

export function openSubscription<Data>(subscribe: Subscribe, options: Options): OpenSubscription<Data> {
  const leaving = new AbortController();
  const received: Data[] = [];
  const waiting: { readonly resolve: (data: Data) => void; readonly reject: (error: Error) => void }[] = [];
  let how: string | null = null;
  const onData = (data: unknown) => {
    const first = waiting.shift();
    if (first) first.resolve(data as Data);
    else received.push(data as Data);
  };
  const { signal } = leaving;
  const over = subscribe({ variables: {}, after: null, ...options, onData, signal }).then((end) => {
    how = end;
    for (const { reject } of waiting.splice(0)) reject(new Error(`The subscription is over: ${end}.`));
    return end;
  });

  return {
    over,
    next() {
      const data = received.shift();
      if (data !== undefined) return Promise.resolve(data);
      if (how !== null) return Promise.reject(new Error(`The subscription is over: ${how}.`));
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    leave() {
      leaving.abort();
      return over;
    },
  };
}

/** How many subscriptions a gateway serves, by its own metrics. */
export async function countSubscribers(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^gateway_hub_subscribers (\d+)$/m.exec(metrics)?.[1] ?? Number.NaN);
}
