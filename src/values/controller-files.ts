import * as fs from 'node:fs'
import * as promises from 'node:fs/promises'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { ContentMissing, type LaterContents, type LaterFile } from './later-file.ts'
import { mapOfRun } from './of-run.ts'

/** Where a process has what it may know of a controller that is another machine. */
export interface ControllerView {
  /** The folder below which they lie, under the paths that they have on the controller. Absolute; no folder in it is a link. */
  readonly root: string
  /** The folder in which the user is on the controller: relative paths begin there. Absolute. */
  readonly folder: string
  /** Variables of the controller's environment, as far as they are known. */
  readonly environment: Readonly<Record<string, string>>
  /** Files below the root that have their size, mode and time, and whose content comes when it is read. */
  readonly later?: LaterContents
}

let view: ControllerView | undefined
/** Which places below its root there are. */
const given = mapOfRun<string, boolean>()
let heard: ((path: string, isRead: boolean) => void) | undefined

/** From now on the controller is what the view shows of it; undefined: it is this machine. */
export function seeController(through: ControllerView | undefined): void {
  view = through
}

/** Tells of each path of the controller's that is looked at or read, until it is called without a listener. */
export function hearOfFiles(listener: ((path: string, isRead: boolean) => void) | undefined): void {
  heard = listener
}

/** A variable of the controller's environment. */
export function controllerVariable(name: string): string | undefined {
  if (view === undefined) return process.env[name]
  return Object.hasOwn(view.environment, name) ? view.environment[name] : undefined
}

/** The home directory of the user of the controller. */
export function controllerHome(): string {
  return view === undefined ? homedir() : (view.environment.HOME ?? '/')
}

/** What is no file of the user's, but of the machine that a process runs on. */
const OF_THIS_PROCESS = /^\/(?:dev|proc)(?:\/|$)/

/** The path at which this process finds a file or folder of the controller's. */
export function placed(path: string, isRead = false): string {
  heard?.(path, isRead)
  if (view === undefined || OF_THIS_PROCESS.test(path)) return path
  const slash = path.endsWith('/') ? '/' : ''
  return `${view.root}${resolve(view.folder, path)}${slash}`
}

/** The place of a file that the controller has given, or else the path itself: a file of this machine, such as a key. */
export function placedOrOwn(path: string): string {
  const place = placed(path, true)
  return place !== path && isGiven(place) ? heldNow(place) : path
}

/** Hundreds of logins look for the same few files, and none is given later. */
function isGiven(place: string): boolean {
  const known = given.get(place)
  if (known !== undefined) return known
  const isThere = fs.existsSync(place)
  given.set(place, isThere)
  return isThere
}

/** What is known of a file whose content comes when it is read; undefined for any other. */
export function laterFile(path: string): LaterFile | undefined {
  return laterAt(placed(path))?.file
}

/** Waits until the content of such a file is there. Raises ContentMissing. */
export async function comeLater(path: string): Promise<void> {
  await held(placed(path, true))
}

function laterAt(place: string): { path: string; file: LaterFile } | undefined {
  if (view?.later === undefined || view.later.files.size === 0) return undefined
  const path = original(realPlace(place))
  const file = view.later.files.get(path)
  return file && { path, file }
}

function realPlace(place: string): string {
  try {
    return fs.realpathSync(place)
  } catch {
    return place
  }
}

/** Where the content is of what lies at a place: waits for it. */
async function held(place: string): Promise<string> {
  const later = laterAt(place)
  return later === undefined ? place : view!.later!.fetch(later.path)
}

/** The same for those who cannot wait: nothing else goes on in this thread meanwhile. */
function heldNow(place: string): string {
  const later = laterAt(place)
  return later === undefined ? place : view!.later!.fetchNow(later.path)
}

/** The path on the controller of what this process finds at another. */
function original(path: string): string {
  if (view === undefined || !path.startsWith(`${view.root}/`)) return path
  return path.slice(view.root.length)
}

/** Does something at the place of a path; its errors name the path as it is on the controller. */
function at<T>(path: string, work: (place: string) => T, isRead = false): T {
  const place = placed(path, isRead)
  if (place === path) return work(path)
  try {
    const result = work(place)
    return result instanceof Promise ? (result.catch(renamed) as T) : result
  } catch (error) {
    return renamed(error as NodeJS.ErrnoException)
  }
}

function renamed(error: NodeJS.ErrnoException): never {
  if (error instanceof ContentMissing) throw error
  error.message = error.message.replaceAll(`${view?.root}/`, '/')
  if (error.path !== undefined) error.path = original(error.path)
  throw error
}

// What node:fs has under the same names, for files of the controller.

export const existsSync: typeof fs.existsSync = (path) => fs.existsSync(placed(path as string))

export const statSync = ((path: string, options?: fs.StatSyncOptions) =>
  at(path, (place) => fs.statSync(place, options))) as typeof fs.statSync

export const lstatSync = ((path: string, options?: fs.StatSyncOptions) =>
  at(path, (place) => fs.lstatSync(place, options))) as typeof fs.lstatSync

export const readdirSync = ((path: string, options?: never) =>
  at(path, (place) => fs.readdirSync(place, options))) as typeof fs.readdirSync

export const readFileSync = ((path: string | number, options?: never) =>
  typeof path === 'number'
    ? fs.readFileSync(path, options)
    : at(path, (place) => fs.readFileSync(heldNow(place), options), true)) as typeof fs.readFileSync

export function openSync(path: string, flags: string | number): number {
  return at(path, (place) => fs.openSync(heldNow(place), flags), true)
}

export function accessSync(path: string, mode: number): void {
  at(path, (place) => fs.accessSync(place, mode))
}

export function readlinkSync(path: string): string {
  return at(path, (place) => original(fs.readlinkSync(place)))
}

export function realpathSync(path: string): string {
  return at(path, (place) => original(fs.realpathSync(place)))
}

export function open(path: string, flags: string): Promise<promises.FileHandle> {
  return at(path, (place) => held(place).then((content) => promises.open(content, flags)), true)
}

export const lstat = ((path: string) => at(path, (place) => promises.lstat(place))) as typeof promises.lstat

export const readdir = ((path: string, options?: never) =>
  at(path, (place) => promises.readdir(place, options))) as typeof promises.readdir

export function readlink(path: string): Promise<string> {
  return at(path, (place) => promises.readlink(place).then(original))
}

export function realpath(path: string): Promise<string> {
  return at(path, (place) => promises.realpath(place).then(original))
}
