import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './environment.ts';

/** The process that owns a folder, and the socket it listens on for as long as it lives. */
interface FolderOwner {
  readonly socketName: string;
  readonly pid: number;
}

const OWNER_FACT = 'owner';
/** The shortest limit among the systems (macOS: 104 with the closing NUL). */
const MAX_SOCKET_PATH_BYTES = 103;

/**
 * Makes this process the one owner of the folder. The sign of life is a listening socket, which the system closes
 * however the process ends, also by `kill -9`; the owner's name changes hands inside an LMDB transaction, which two
 * processes cannot be in at once.
 *
 * @returns gives the folder up
 * @throws when another living process owns it
 */
export async function claimFolder(environment: Environment, folder: string): Promise<() => Promise<void>> {
  const me: FolderOwner = {
    socketName: `owner-${randomBytes(6).toString('hex')}.sock`,
    pid: process.pid,
  };
  const server = await listen(folder, me.socketName);
  try {
    await takeOver(environment, folder, me);
  } catch (error) {
    await closeServer(server);
    throw error;
  }
  return () => closeServer(server);
}

async function takeOver(environment: Environment, folder: string, me: FolderOwner): Promise<void> {
  const { facts } = environment.tables;
  const readOwner = () => facts.get(OWNER_FACT) as FolderOwner | undefined;

  for (;;) {
    const previous = environment.writeNow(readOwner);
    if (previous !== undefined && (await isListening(folder, previous.socketName))) {
      throw new Error(
        `The folder ${folder} is in use by another process (pid ${previous.pid}). ` +
          'Stop that one, or set STORE_URL to another folder, or to redis://… to share one store.',
      );
    }
    const isMine = environment.writeNow(() => {
      if (readOwner()?.socketName !== previous?.socketName) return false;
      facts.putSync(OWNER_FACT, me);
      return true;
    });
    if (!isMine) continue;
    if (previous !== undefined) rmSync(join(folder, previous.socketName), { force: true });
    return;
  }
}

function listen(folder: string, socketName: string): Promise<Server> {
  return withSocketPath(folder, socketName, (path) => {
    const server = createServer((socket) => socket.destroy());
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve(server.unref()));
    });
  });
}

const isListening = (folder: string, socketName: string): Promise<boolean> =>
  withSocketPath(folder, socketName, (path) => {
    return new Promise((resolve) => {
      const socket = connect(path);
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  });

/** A folder deep in the tree is reached by a short link while the socket is opened: socket paths are short by nature. */
async function withSocketPath<T>(
  folder: string,
  socketName: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (process.platform === 'win32') return use(`\\\\.\\pipe\\${socketName}`);
  const path = join(folder, socketName);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return use(path);
  const linkFolder = mkdtempSync(join(tmpdir(), 'store-'));
  try {
    const link = join(linkFolder, 'f');
    symlinkSync(folder, link, 'dir');
    return await use(join(link, socketName));
  } finally {
    rmSync(linkFolder, { recursive: true, force: true });
  }
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });
