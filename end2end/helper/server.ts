// A server of one's own: the release binary on a free port, with data that vanishes afterwards.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Longer than any first start on a busy machine; a server that hangs should fail soon. */
const START_WITHIN_MS = 30_000;
/** After this long a server that was asked to stop is killed. */
const STOP_WITHIN_MS = 10_000;

const workspace = resolve(import.meta.dirname, '../..');

/** `IV_BINARY`, or where cargo puts the release build. */
export const binary = resolve(
  workspace,
  process.env.IV_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? 'target', 'release/integration-view'),
);

/** The environment without the settings of the person who runs the tests. */
function environment(further: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  return { ...process.env, IV_LISTEN: undefined, IV_DATA_DIR: undefined, DATABASE_URL: undefined, IV_SECRETS_KEY_FILE: undefined, ...further };
}

export interface ServerOptions {
  /** Further arguments for `integration-view serve`, such as `--demo`. */
  args?: string[];
  /** Further environment; an `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  /** Data of an earlier server; it is then not removed with this one. */
  dataDir?: string;
  /** Whether people have to sign in; most tests are about other things. */
  signIn?: boolean;
  /** Address and port; otherwise a free one. */
  listen?: string;
}

export class Server {
  private constructor(
    /** `http://127.0.0.1:PORT`, without a slash at the end. */
    readonly url: string,
    readonly dataDir: string,
    private readonly child: ChildProcess,
    private readonly output: string[],
    private readonly ownsData: boolean,
  ) {}

  static async start(options: ServerOptions = {}): Promise<Server> {
    if (!existsSync(binary)) {
      throw new Error(`${binary} is missing: run \`cargo xtask test --only release\`, or set IV_BINARY`);
    }
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'iv-end2end-')));
    const open = options.signIn ? [] : ['--no-auth'];
    const args = ['serve', '--listen', options.listen ?? '127.0.0.1:0', '--data-dir', dataDir, ...open, ...(options.args ?? [])];
    const child = spawn(binary, args, { env: environment(options.env), stdio: ['ignore', 'pipe', 'pipe'] });
    const output: string[] = [];
    try {
      const url = await listening(child, output);
      return new Server(url, dataDir, child, output, options.dataDir === undefined);
    } catch (error) {
      child.kill('SIGKILL');
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
      throw error;
    }
  }

  /** What the server has written so far, for the message of a failed test. */
  log(): string {
    return this.output.join('');
  }

  /** Runs another command of the same program on the same data, and returns its standard output. */
  async run(...args: string[]): Promise<string> {
    return run([...args, '--data-dir', this.dataDir]);
  }

  /** Ends the server as an operator would, and removes its data. */
  async stop(): Promise<void> {
    await end(this.child, 'SIGTERM');
    if (this.ownsData) await rm(this.dataDir, { recursive: true, force: true });
  }

  /** Ends the server without warning and keeps its data: start another one with `dataDir`. */
  async kill(): Promise<void> {
    await end(this.child, 'SIGKILL');
  }
}

/** Runs `integration-view ARGS` to its end. */
export function run(args: string[]): Promise<string> {
  return new Promise((resolvePromise, reject) => {
    const child = spawn(binary, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolvePromise(stdout)
        : reject(new Error(`integration-view ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`)),
    );
  });
}

/** Waits for the line that names the port. */
function listening(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((resolvePromise, reject) => {
    const fail = (why: string) => reject(new Error(`the server ${why}:\n${output.join('')}`));
    const timer = setTimeout(() => fail(`said no address within ${START_WITHIN_MS} ms`), START_WITHIN_MS);
    // Both streams stay read to the end: a full pipe would stop the server.
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output.push(chunk.toString());
        const found = output.join('').match(/listening on (http:\/\/127\.0\.0\.1:\d+)/);
        if (found) {
          clearTimeout(timer);
          resolvePromise(found[1]);
        }
      });
    }
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(`does not start (${error.message})`);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${code ?? signal} before it listened`);
    });
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolvePromise) => child.once('exit', resolvePromise));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}
