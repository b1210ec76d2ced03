import {
  defineModule,
  type Module,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../sdk/module.ts'
import type { ArgsOf, Options } from '../sdk/options.ts'
import type { ProbeOutput } from '../sdk/probe.ts'
import { onceForEach } from '../values/once-for-each.ts'
import { failureOf } from './edit.ts'
import { type FileState, type FileType, files, followed } from './file-state.ts'
import {
  type Marked,
  markOptions,
  markProblems,
  marksBelow,
  marksOf,
  type WantedMarks,
  wantsMarks,
} from './marks.ts'
import { type MarkedPlan, type MarkTarget, noMarks, withMarks } from './marks-plan.ts'
import { trimmed } from './paths.ts'

/** What gets the marks of a task. */
export interface MarkPlace {
  readonly path: string
  /** Whether a link at the path is followed. */
  readonly follow: boolean
  /** What it will be, if it is not there yet. */
  readonly type?: FileType
  /** What is there gives way to something else. */
  readonly isReplaced?: boolean
  /** What is there, if it is not among `paths`. */
  readonly file?: FileState
}

/** Which files of a task get attributes and labels. */
export interface Marking<Args, State> {
  /** All paths that may be among them, known before the host is. */
  paths?(args: Args): readonly string[]
  /** Folders in which all there is may be among them. */
  below?(args: Args): readonly string[]
  /** Those that are meant; undefined if nobody knows before they are there. */
  places?(args: Args, state: State, view: ModuleContext): readonly MarkPlace[] | undefined
}

interface MarkedState<State> {
  readonly own: State
  readonly files: ReadonlyMap<string, FileState | undefined>
  readonly followed: ReadonlyMap<string, Marked>
  readonly themselves: ReadonlyMap<string, Marked>
}

/**
 * A module that leaves files behind, and gives them attributes of chattr(1) and labels of SELinux too, as each task
 * that names them has it. Unless `marking` says otherwise it is about the file at `path` or `dest`, behind links.
 */
export function defineMarkedModule<const O extends Options, State>(
  module: Module<O, State>,
  marking: Marking<ArgsOf<O>, State> = {},
): Module {
  type Given = ArgsOf<O> & WantedMarks
  const pathsOf = onceForEach((args: Given): readonly string[] => [
    ...new Set((marking.paths?.(args) ?? [onlyPath(args)]).map(trimmed)),
  ])
  const belowOf = (args: Given) => marking.below?.(args) ?? []
  const looks = onceForEach((args: Given) => ({
    files: files(pathsOf(args), { follow: true }),
    followed: marksOf(pathsOf(args), args, true),
    themselves: marksOf(pathsOf(args), args, false),
    below: marksBelow(belowOf(args), args),
  }))
  const read = (output: ProbeOutput, args: Given): Omit<MarkedState<State>, 'own'> => {
    const asked = looks(args)
    const paths = pathsOf(args)
    const byPath = <T>(found: readonly T[]) => new Map(paths.map((path, index) => [path, found[index]!]))
    const below = output.of(asked.below).flatMap((found) => [...found])
    return {
      files: byPath(output.of(asked.files)),
      followed: byPath(output.of(asked.followed)),
      themselves: new Map([...below, ...byPath(output.of(asked.themselves))]),
    }
  }
  const targetOf = (place: MarkPlace, isFirst: boolean, found: MarkedState<State>): MarkTarget => {
    const path = trimmed(place.path)
    const itself = found.files.get(path) ?? place.file
    const reached = place.follow ? followed(path, itself) : { path, file: itself }
    const marks = (place.follow ? found.followed : found.themselves).get(path) ?? found.themselves.get(path)
    return {
      ...reached,
      file: place.isReplaced ? undefined : reached.file,
      marks,
      type: place.type ?? 'file',
      called: isFirst ? '' : path,
    }
  }
  const planned = (args: Given, state: MarkedState<State>, view: ModuleContext): Plan => {
    const own = module.plan(args, state.own, view)
    if (own.failed !== undefined || own.skipped !== undefined) return own
    const places = marking.places
      ? marking.places(args, state.own, view)
      : [{ path: onlyPath(args), follow: true }]
    if (places === undefined) {
      const hasSelinux = [...state.followed.values()].some((one) => one.hasSelinux)
      if (args.attributes === undefined && !hasSelinux) return own
      return { ...own, changes: [], actions: [], failed: noMarks(module.name, args) }
    }
    const targets = places
      .map((place, index) => targetOf(place, index === 0, state))
      .filter(({ file }) => file !== undefined || own.changes.length > 0)
    return withMarks(own, targets, args, view.check)
  }
  const concluded = (
    outcomes: Outcome[],
    args: Given,
    state: MarkedState<State>,
    { own, first }: MarkedPlan,
  ): ModuleResult => {
    const count = own.actions?.length ?? 0
    const ofOwn = outcomes.slice(first, first + count)
    const result = ofOwn.length === 0 ? {} : module.interpret!(ofOwn, args, state.own, own)
    return result.failed !== undefined ? result : (failureOf(outcomes) ?? result)
  }
  const marked: Module<Options, MarkedState<State> | State> = {
    ...(module as unknown as Module<Options, MarkedState<State> | State>),
    options: { ...module.options, ...markOptions },
    validate: (args, complete) => [
      ...(module.validate?.(args as Given, complete) ?? []),
      ...markProblems(args as Given),
    ],
    probe(args, view) {
      const own = module.probe!(args as Given, view)
      if (!wantsMarks(args as Given)) return own
      const asked = looks(args as Given)
      return [
        asked.files,
        asked.followed,
        asked.themselves,
        asked.below,
        ...(Array.isArray(own) ? own : [own]),
      ]
    },
    parse(output, args, view) {
      const own = module.parse!(output, args as Given, view)
      return wantsMarks(args as Given) ? { own, ...read(output, args as Given) } : own
    },
    plan: (args, state, view) =>
      wantsMarks(args as Given)
        ? planned(args as Given, state as MarkedState<State>, view)
        : module.plan(args as Given, state as State, view),
    ...(module.footprint !== undefined && {
      footprint: {
        paths: (args: ArgsOf<Options>) => module.footprint!.paths?.(args as Given) ?? [],
        of: (args: ArgsOf<Options>, state: MarkedState<State> | State, plan: Plan, view: ModuleContext) =>
          wantsMarks(args as Given)
            ? undefined
            : module.footprint!.of(args as Given, state as State, plan, view),
      },
    }),
    ...(module.interpret !== undefined && {
      interpret(outcomes: Outcome[], args: ArgsOf<Options>, state: MarkedState<State> | State, plan: Plan) {
        if (!wantsMarks(args as Given))
          return module.interpret!(outcomes, args as Given, state as State, plan)
        return concluded(outcomes, args as Given, state as MarkedState<State>, plan as MarkedPlan)
      },
    }),
  }
  return defineModule<Options, MarkedState<State> | State>(marked)
}

function onlyPath(args: object): string {
  const { path, dest } = args as { readonly path?: unknown; readonly dest?: unknown }
  return String(path ?? dest ?? '')
}
