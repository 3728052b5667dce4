import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path/posix";
import type { Client, SFTPWrapper, Stats } from "ssh2";

/** The file transfer channel of a connection. */
export function openSftp(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error)));
  });
}

const noSuchFile = 2;

/** The remote file's attributes; undefined when there is none. */
function remoteStat(sftp: SFTPWrapper, path: string): Promise<Stats | undefined> {
  return new Promise((resolve, reject) => {
    sftp.stat(path, (error, stats) => {
      if (error === undefined) resolve(stats);
      else if ((error as Error & { code?: number }).code === noSuchFile) resolve(undefined);
      else reject(new Error(`failed to stat remote path ${path}: ${error.message}`));
    });
  });
}

async function mkdirAll(sftp: SFTPWrapper, path: string): Promise<void> {
  if (path === "." || path === "/") return;
  const now = await remoteStat(sftp, path);
  if (now?.isDirectory() === true) return;
  await mkdirAll(sftp, dirname(path));
  await new Promise<void>((resolve, reject) => {
    sftp.mkdir(path, (error) => {
      if (error == null) resolve();
      else reject(new Error(`failed to create remote directory ${path}: ${error.message}`));
    });
  });
}

/** Writes `text` to the file `to`, which may not be a directory. */
export async function copyText(sftp: SFTPWrapper, text: string, to: string): Promise<void> {
  if ((await remoteStat(sftp, to))?.isDirectory() === true) {
    throw new Error(
      `remote path ${to} is a directory; when using a text asset, remotePath must be a file path`,
    );
  }
  await mkdirAll(sftp, dirname(to));
  await new Promise<void>((resolve, reject) => {
    sftp.writeFile(to, text, (error) =>
      error == null ? resolve() : reject(writeError(to, error)),
    );
  });
}

/**
 * Copies a local file or directory. A file lands in `to` when that is a directory, else at `to`; a
 * directory `d` lands at `to/d`, and `d/` lands as the content of `to`.
 */
export async function copyPath(sftp: SFTPWrapper, from: string, to: string): Promise<void> {
  const source = await stat(from).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === "ENOENT" ? `open ${from}: no such file or directory` : error.message,
    );
  });
  const there = await remoteStat(sftp, to);
  if (!source.isDirectory()) {
    if (there === undefined) await mkdirAll(sftp, dirname(to));
    await copyFile(sftp, from, there?.isDirectory() === true ? join(to, basename(from)) : to);
    return;
  }
  if (there !== undefined && !there.isDirectory()) throw notDirectory(to);
  const target = from.endsWith("/") ? to : join(to, basename(from));
  await copyDirectory(sftp, from, target);
}

async function copyDirectory(sftp: SFTPWrapper, from: string, to: string): Promise<void> {
  const there = await remoteStat(sftp, to);
  if (there !== undefined && !there.isDirectory()) throw notDirectory(to);
  await mkdirAll(sftp, to);
  const entries = await readdir(from, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyDirectory(sftp, source, target);
    else await copyFile(sftp, source, target);
  }
}

/** In place: no temporary file, no chmod, so the execute bit is lost, as with the official plugin. */
function copyFile(sftp: SFTPWrapper, from: string, to: string): Promise<void> {
  return new Promise((resolve, reject) => {
    sftp.fastPut(from, to, (error) => (error == null ? resolve() : reject(writeError(to, error))));
  });
}

const notDirectory = (path: string): Error =>
  new Error(`remote path ${path} exists but is not a directory`);
const writeError = (path: string, error: Error): Error =>
  new Error(`failed to create remote file ${path}: ${error.message}`);
