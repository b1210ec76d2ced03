import { isTrue } from './absent.ts'
import { type Assign, assigner, nameAssigner } from './assign.ts'
import type { Block, Body, CallBlock, Expression, Filter, Import, Parameter, Statement } from './ast.ts'
import { superOf } from './blocks.ts'
import type { Compiler, Evaluate, Execute } from './code.ts'
import { ExpressionCompiler, FILTERED } from './compile-expressions.ts'
import { compileFor } from './compile-for.ts'
import { imported, include, locate } from './inclusion.ts'
import { Macro, type MacroCode } from './macro.ts'
import { Output } from './output.ts'
import { printed } from './printed.ts'
import { type BlockBody, Frame, type Instance, type Place } from './run.ts'
import { namesOfMacro, namesOfTarget, namesSetIn, Scope } from './scopes.ts'
import { partsOf } from './walk.ts'

type Kind<K extends Statement['kind']> = Extract<Statement, { kind: K }>

/** What writes text, and is left away in a template that extends another. */
const WRITES: readonly Statement['kind'][] = [
  'text',
  'print',
  'call block',
  'filter block',
  'block',
  'include',
]

/** Makes functions of statements. */
export class StatementCompiler implements Compiler {
  readonly #expressions: ExpressionCompiler
  /** The blocks of the template, by their names. */
  readonly blocks = new Map<string, (instance: Instance) => BlockBody>()
  readonly #extends: boolean

  /** `text`: the template's; `body`: all of it. */
  constructor(text: string, body: Body) {
    this.#expressions = new ExpressionCompiler(text)
    this.#extends = [...partsOf(body)].some(({ kind }) => kind === 'extends')
  }

  expression(node: Expression, scope: Scope): Evaluate {
    return this.#expressions.expression(node, scope)
  }

  body(body: Body, scope: Scope): Execute {
    const steps = body.map((statement) => this.#statement(statement, scope))
    if (steps.length === 1) return steps[0]!
    return (frame, output) => {
      for (const step of steps) {
        const leave = step(frame, output)
        if (leave !== undefined) return leave
      }
      return undefined
    }
  }

  inner(body: Body, scope: Scope): Execute {
    return this.body(body, scope.inner(namesSetIn(body)))
  }

  #statement(node: Statement, scope: Scope): Execute {
    const execute = this.#execute(node, scope)
    if (!this.#extends || !scope.ofTemplate || !WRITES.includes(node.kind)) return execute
    return (frame, output) => (frame.instance.parent === undefined ? execute(frame, output) : undefined)
  }

  #execute(node: Statement, scope: Scope): Execute {
    switch (node.kind) {
      case 'text': {
        const { text } = node
        return (_frame, output) => {
          output.add(text)
          return undefined
        }
      }
      case 'print': {
        const value = this.expression(node.value, scope)
        return printing(node.value, value)
      }
      case 'if':
        return this.#if(node, scope)
      case 'for':
        return compileFor(node, scope, this)
      case 'set': {
        const value = this.expression(node.value, scope)
        const assign = assigner(node.target, scope)
        return plain(node, (frame) => {
          const made = value(frame)
          frame.at = node.target
          assign(frame, made)
        })
      }
      case 'set block': {
        const value = this.#captured(node.body, node.filter, scope)
        const assign = assigner(node.target, scope)
        return plain(node, (frame) => {
          const made = value(frame)
          frame.at = node.target
          assign(frame, made)
        })
      }
      case 'with':
        return this.#with(node, scope)
      case 'macro': {
        const assign = nameAssigner(node.name, scope)
        const code = this.#macro(node.name, node.parameters, node.body, scope)
        return plain(node, (frame) => assign(frame, new Macro(code, frame)))
      }
      case 'call block':
        return this.#callBlock(node, scope)
      case 'filter block': {
        const value = this.#captured(node.body, node.filter, scope)
        return printing(node, value)
      }
      case 'block':
        return this.#block(node, scope)
      case 'extends': {
        const template = this.expression(node.template, scope)
        return plain(node, (frame, output) => {
          const named = template(frame)
          frame.at = node
          frame.instance.extend(locate(named, frame), output.text.length)
        })
      }
      case 'include': {
        const template = this.expression(node.template, scope)
        const visible = [...scope.visible()]
        return plain(node, (frame, output) => {
          const named = template(frame)
          frame.at = node
          include(node, named, visible, frame, output)
        })
      }
      case 'import':
        return this.#import(node, scope)
      case 'do': {
        const value = this.expression(node.value, scope)
        return plain(node, value)
      }
      case 'scope':
        return this.inner(node.body, scope)
      case 'break':
      case 'continue': {
        const { kind } = node
        return () => kind
      }
    }
  }

  #if(node: Kind<'if'>, scope: Scope): Execute {
    const branches = node.branches.map(({ condition, body }) => ({
      condition,
      value: this.expression(condition, scope),
      execute: this.body(body, scope),
    }))
    const otherwise = this.body(node.otherwise, scope)
    return (frame, output) => {
      for (const { condition, value, execute } of branches) {
        const decides = value(frame)
        frame.at = condition
        if (isTrue(decides)) return execute(frame, output)
      }
      return otherwise(frame, output)
    }
  }

  #with(node: Kind<'with'>, scope: Scope): Execute {
    const names = node.bindings.flatMap(({ target }) => namesOfTarget(target))
    const inner = scope.inner([...names, ...namesSetIn(node.body)])
    const bindings = node.bindings.map(({ target, value }) => ({
      value: this.expression(value, scope),
      assign: assigner(target, inner),
    }))
    const body = this.body(node.body, inner)
    return (frame, output) => {
      const values = bindings.map(({ value }) => value(frame))
      frame.at = node
      for (const [index, { assign }] of bindings.entries()) assign(frame, values[index])
      return body(frame, output)
    }
  }

  /** What statements write, as a value, and what filters make of it. */
  #captured(body: Body, filter: Filter | undefined, scope: Scope): Evaluate {
    const inner = scope.inner([FILTERED, ...namesSetIn(body)])
    const slot = inner.slot(FILTERED)
    const execute = this.body(body, inner)
    const value = filter === undefined ? undefined : this.expression(filter, inner)
    return (frame) => {
      const output = new Output()
      execute(frame, output)
      const text = frame.run.captured(output.text)
      if (value === undefined) return text
      frame.slots[slot] = text
      return value(frame)
    }
  }

  #macro(name: string, parameters: readonly Parameter[], body: Body, scope: Scope): MacroCode {
    const inner = scope.ownFrame(namesOfMacro(parameters, body))
    const isParameter = (special: string) => parameters.some((parameter) => parameter.name === special)
    const special = (own: string) => (inner.has(own) && !isParameter(own) ? inner.slot(own) : undefined)
    return {
      name,
      parameters: parameters.map((parameter) => ({
        name: parameter.name,
        slot: inner.slot(parameter.name),
        fallback: parameter.fallback === undefined ? undefined : this.expression(parameter.fallback, inner),
      })),
      caller: special('caller'),
      varargs: special('varargs'),
      kwargs: special('kwargs'),
      write: this.body(body, inner),
      size: () => inner.frameSize(),
    }
  }

  #callBlock(node: CallBlock, scope: Scope): Execute {
    const code = this.#macro('caller', node.parameters, node.body, scope)
    const call = this.#expressions.call(node.call, scope, (frame) => ({ caller: new Macro(code, frame) }))
    return printing(node, call)
  }

  #block(node: Block, scope: Scope): Execute {
    const { name } = node
    const inner = Scope.ofBlock(['super', ...namesSetIn(node.body)])
    const write = this.body(node.body, inner)
    const slot = inner.slot('super')
    this.blocks.set(name, (instance) => ({
      write(context, depth, output) {
        const frame = new Frame(
          context === instance.context ? instance : instance.within(context),
          inner.frameSize(),
        )
        frame.slots[slot] = superOf(context, name, depth)
        frame.guard(() => write(frame, output))
      },
      isRequired: node.required,
    }))
    const visible = node.scoped ? [...scope.visible()] : []
    return plain(node, (frame, output) => {
      const { context } = frame.instance
      const [first] = context.blocks.get(name) as [BlockBody]
      if (first.isRequired)
        throw new Error(`the block "${name}" must be filled by a template that extends this one`)
      const own = visible.length === 0 ? context : context.with(frame.values(visible))
      frame.run.deeper(() => first.write(own, 0, output))
    })
  }

  #import(node: Import, scope: Scope): Execute {
    const template = this.expression(node.template, scope)
    const visible = [...scope.visible()]
    if (typeof node.as === 'string') {
      const assign = nameAssigner(node.as, scope)
      return plain(node, (frame) => {
        const named = template(frame)
        frame.at = node
        assign(frame, imported(node, named, visible, frame))
      })
    }
    const wanted: { name: string; assign: Assign }[] = node.as.map(({ name, as }) => ({
      name,
      assign: nameAssigner(as, scope),
    }))
    return plain(node, (frame) => {
      const named = template(frame)
      frame.at = node
      const module = imported(node, named, visible, frame)
      for (const { name, assign } of wanted) assign(frame, module.attribute(name) ?? module.without(name))
    })
  }
}

/** A statement that leaves no loop. */
function plain(at: Place, work: (frame: Frame, output: Output) => unknown): Execute {
  return (frame, output) => {
    frame.at = at
    work(frame, output)
    return undefined
  }
}

function printing(at: Place, value: Evaluate): Execute {
  return (frame, output) => {
    const made = value(frame)
    frame.at = at
    output.add(typeof made === 'string' ? made : printed(made))
    return undefined
  }
}
