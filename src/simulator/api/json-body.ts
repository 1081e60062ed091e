import { ApiProblem } from './api-problem.ts';

/** @throws ApiProblem `INVALID_BODY` */
export function readJsonObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // not JSON: the same answer
  }
  throw new ApiProblem('INVALID_BODY', 'The body must be a JSON object.');
}
