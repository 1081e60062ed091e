import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FaultSpec, parseFaultSpec } from '../api/fault.ts';
import type { FaultSwitch } from './fault-switch.ts';
import { readRequestBody } from './request-body.ts';

/** The fault switch over HTTP, beside the API: `POST` arms, `GET` lists, `DELETE` clears. */
export const FAULTS_PATH = '/__simulator/faults';

function writeJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function arm(faults: FaultSwitch, spec: FaultSpec): void {
  const { probability } = spec;
  if (probability === undefined) faults.next(spec);
  else faults.rate({ ...spec, probability });
}

async function armFromBody(
  faults: FaultSwitch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const parsed = parseFaultSpec(parseJson((await readRequestBody(request)).toString()));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return writeJson(response, 400, { problems });
  }
  arm(faults, parsed.data);
  writeJson(response, 201, { faults: faults.list() });
}

export async function handleFaultRoute(
  faults: FaultSwitch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (request.method) {
    case 'GET':
      return writeJson(response, 200, { faults: faults.list() });
    case 'POST':
      return armFromBody(faults, request, response);
    case 'DELETE':
      faults.clear();
      return writeJson(response, 200, { faults: [] });
    default:
      writeJson(response, 405, { problems: ['Use GET, POST or DELETE.'] });
  }
}
