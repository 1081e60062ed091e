import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { type Gateway, startGateway } from '../../src/start-gateway.ts';
import { launchBrowser } from '../support/browser.ts';

let folder: string;
let gateway: Gateway;
let browser: Browser;
let page: Page;
let requestedOrigins: Set<string>;
let complaints: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'graphiql-'));
  const config = loadConfig({ PORT: '0', STORE_URL: `file:${join(folder, 'data')}` });
  gateway = await startGateway(config, {
    logger: createLogger('silent'),
    simulator: { timings: { sentAfterMs: 200, deliveredAfterMs: 1_000 } },
  });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await gateway?.drain();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  page = await context.newPage();
  requestedOrigins = new Set();
  complaints = [];
  page.on('request', (request) => requestedOrigins.add(new URL(request.url()).origin));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${gateway.url}/graphql`);
  await page.locator('.graphiql-execute-button').waitFor();
  await editorShows('mutation Send');
});

async function openTab(name: string): Promise<void> {
  await page.locator('.graphiql-tab', { hasText: name }).locator('.graphiql-tab-button').click();
  await expect.poll(() => page.locator('.graphiql-tab-active').textContent()).toContain(name);
}

async function editorShows(text: string): Promise<void> {
  await expect.poll(() => page.locator('.graphiql-query-editor').textContent()).toContain(nbsp(text));
}

async function resultShows(text: string): Promise<string> {
  const result = page.locator('.graphiql-response');
  const look = async () => {
    const shown = await result.textContent();
    if (shown?.includes(nbsp(NOT_READ_YET))) await run();
    return shown;
  };
  await expect.poll(look, { timeout: 15_000, interval: 250 }).toContain(nbsp(text));
  return (await result.textContent()) ?? '';
}

/**
 * What GraphiQL answers itself, and asks nobody, when Run is pressed before it has read what is new in its editor: it looks a
 * moment after the last change. Pressed again, it knows.
 */
const NOT_READ_YET = 'Cannot infer operation';

/** The editor renders spaces as no-break spaces. */
const nbsp = (text: string) => text.replaceAll(' ', '\u00a0');

const run = () => page.locator('.graphiql-execute-button').click();

describe('GraphiQL', () => {
  it('sends an SMS and watches it become DELIVERED, with the tabs as they stand', async () => {
    await run();
    const sent = await resultShows('"SendResult"');
    const [messageId = 'none'] = /api_\d+_\d+_[0-9a-f]{16}/.exec(sent) ?? [];

    await openTab('Follow');
    await editorShows('subscription Follow');
    await run();
    expect(await resultShows('"DELIVERED"')).toContain(messageId);
  });

  it('shows each tab in its full width', async () => {
    const overflow = () =>
      page.locator('.graphiql-query-editor').evaluate((editor) => {
        const width = editor.querySelector('.monaco-scrollable-element')?.clientWidth ?? 0;
        const lines = [...editor.querySelectorAll('.view-line > span')];
        return lines
          .filter((line) => line.getBoundingClientRect().width > width)
          .map((line) => line.textContent);
      });
    for (const tab of ['Send', 'Follow', 'Search', 'Estimate', 'Chart']) {
      await openTab(tab);
      await expect.poll(overflow).toEqual([]);
    }
  });

  it.each([
    ['Search', 'query Search', '"totalCount"'],
    ['Estimate', 'query Estimate', '"UCS_2"'],
    ['Chart', 'query Chart', '"deliveryRate"'],
  ])('answers the ready tab %s', async (tab, document, result) => {
    await openTab(tab);
    await editorShows(document);
    await run();
    const answer = await resultShows(result);
    expect(answer).not.toContain('"errors"');
  });

  it('opens with the same five tabs after a reload', async () => {
    await page.reload();
    await editorShows('mutation Send');
    expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual([
      'Send',
      'Follow',
      'Search',
      'Estimate',
      'Chart',
    ]);
  });

  it('asks nobody but the gateway, and its security policy stops nothing of its own', async () => {
    await run();
    await resultShows('"SendResult"');
    expect([...requestedOrigins].filter((origin) => origin !== 'null')).toEqual([gateway.url]);
    expect(complaints).toEqual([]);
  });
});
