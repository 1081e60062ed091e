import { request } from 'undici';
import { tokenFor } from '../../test/support/tokens.ts';
import { yesterday } from './day.ts';
import type { FloorKind } from './floor-server.ts';
import type { LoadOrder, LoadReport } from './load-server.ts';
import { type BenchServer, type GatewaySetup, type Helper, startGateway, startHelper } from './processes.ts';

export interface BenchOptions {
  /** The gateway's built program. */
  readonly program: string;
  /** The Node that runs the servers. */
  readonly node: string;
  /** How long one slice is, and how many each server gets. */
  readonly sliceMs: number;
  readonly slices: number;
  readonly warmUpMs: number;
}

/** The provider and the load, each in a process of its own, and the servers that are measured. */
export interface World {
  readonly options: BenchOptions;
  readonly dayStartMs: number;
  readonly upstreamPort: number;
  /** Loads a server as ordered. Throws when an answer is not good. */
  load(server: BenchServer, order: PartialOrder): Promise<LoadReport & { readonly calls: number }>;
  startGateway(setup?: Pick<GatewaySetup, 'env' | 'folder'>): Promise<BenchServer>;
  startFloor(kind: FloorKind, storeUrl?: string): Promise<BenchServer>;
  /** Ends a server together with this world. */
  own<Server extends BenchServer>(server: Server): Server;
  close(): Promise<void>;
}

export type PartialOrder = Pick<LoadOrder, 'ask'> & Partial<LoadOrder>;

const CONNECTIONS = 50;
const RAMP_MS = 200;

/** @param isFinal whether the fate of the provider's messages is known */
export async function openWorld(options: BenchOptions, isFinal = true): Promise<World> {
  const { program, node, sliceMs } = options;
  const dayStartMs = yesterday();
  const token = await tokenOf('bench');
  const servers: BenchServer[] = [];
  const own: World['own'] = (server) => {
    servers.push(server);
    return server;
  };
  const upstream: Helper = own(
    await startHelper('upstream-server', [String(dayStartMs), isFinal ? 'final' : 'open']),
  );
  const loader = own(await startHelper('load-server', []));
  const countCalls = async () => (await upstream.tell<{ readonly calls: number }>({})).calls;

  return {
    options,
    dayStartMs,
    upstreamPort: upstream.port,
    own,
    async load({ port, pid }, order) {
      const before = await countCalls();
      const usual = { tokens: [token], connections: CONNECTIONS, rampMs: RAMP_MS, measuredMs: sliceMs };
      const report = await loader.tell<LoadReport>({ port, pid, dayStartMs, ...usual, ...order });
      if (report.failure !== null) throw new Error(`A request failed: ${report.failure}`);
      return { ...report, calls: (await countCalls()) - before };
    },
    startGateway: async (setup) =>
      own(await startGateway({ program, node, upstreamPort: upstream.port, ...setup })),
    startFloor: async (kind, storeUrl = '') =>
      own(
        await startHelper('floor-server', [kind, String(upstream.port), String(dayStartMs), storeUrl], node),
      ),
    async close() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

const tokenOf = (sub: string): Promise<string> => tokenFor({ sub, scope: '*' });

/** Several callers, each with a token that ends. */
export const tokensOf = (callers: number): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: callers }, (_, index) => tokenOf(`caller-${index}`)));

interface Answer<Data> {
  readonly data: Data;
  readonly upstream: { readonly calls: number } | undefined;
}

/** One operation, by a caller with every scope. */
export async function askGraphql<Data>(
  { port }: BenchServer,
  operation: { readonly query: string; readonly variables?: object },
): Promise<Answer<Data>> {
  const { body } = await request(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    body: JSON.stringify(operation),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOf('bench')}` },
  });
  const text = await body.text();
  const { data, extensions } = JSON.parse(text) as {
    readonly data?: Data;
    readonly extensions?: { readonly upstream?: { readonly calls: number } };
  };
  if (data === undefined || data === null) throw new Error(`A server answered no data: ${text}`);
  return { data, upstream: extensions?.upstream };
}
