// What real engines would report, as server/examples/engine_reports.rs prints it.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const workspace = resolve(import.meta.dirname, '../..');

/**
 * The reports of an engine, one a line.
 *
 * `IV_ENGINE_REPORTS` names the built example. Without it the one that `cargo test` has built is
 * taken: building one here would take longer than a test may.
 */
export async function engineReports(engine: 'conductor' | 'conductor-fork' | 'github'): Promise<string> {
  const target = resolve(workspace, process.env.CARGO_TARGET_DIR ?? 'target');
  const built = ['debug', 'release'].map((profile) => join(target, profile, 'examples/engine_reports'));
  const program = process.env.IV_ENGINE_REPORTS ?? built.find((path) => existsSync(path));
  if (!program) {
    throw new Error('run `cargo build -p server --example engine_reports`, or set IV_ENGINE_REPORTS');
  }
  const { stdout } = await execute(resolve(workspace, program), [engine], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
