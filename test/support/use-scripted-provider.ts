import { afterEach, beforeEach } from 'vitest';
import type { ProviderOptions } from '../../src/rest/provider-options.ts';
import type { ProviderSession } from '../../src/rest/provider-session.ts';
import { json, type Script, type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { createTestProvider, type TestProvider } from './test-provider.ts';

/** A scripted upstream and a provider before it, anew for each test. */
export interface ScriptedProvider {
  readonly upstream: ScriptedUpstream;
  readonly test: TestProvider;
  /** Replaces the provider by one with other options. */
  configure(options: Partial<ProviderOptions>): void;
  /** Reads with a session of its own, answered as scripted. */
  ask<Result>(script: Script, read: (session: ProviderSession) => Promise<Result>): Promise<Result>;
  /** The latest request as one line. */
  asked(): string;
}

export function useScriptedProvider(options: Partial<ProviderOptions> = {}): ScriptedProvider {
  let upstream: ScriptedUpstream;
  let test: TestProvider;
  const closed: Promise<void>[] = [];

  beforeEach(async () => {
    upstream = await startScriptedUpstream(json({}));
    test = createTestProvider(upstream.baseUrl, options);
  });
  afterEach(async () => {
    await upstream.close();
    await Promise.all([...closed.splice(0), test.provider.close()]);
  });

  return {
    get upstream() {
      return upstream;
    },
    get test() {
      return test;
    },
    configure(other) {
      closed.push(test.provider.close());
      test = createTestProvider(other.baseUrl ?? upstream.baseUrl, { ...options, ...other });
    },
    ask(script, read) {
      upstream.script(script);
      return read(test.session());
    },
    asked() {
      const last = upstream.requests.at(-1);
      return last === undefined ? 'nothing' : `${last.method} ${last.path}?${last.query}`;
    },
  };
}

/** What a promise rejects with; fails when it does not. */
export const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('It should have failed.');
    },
    (error: unknown) => error,
  );
