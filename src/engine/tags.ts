import type { Block, Step } from '../playbook/ast.ts'
import type { Selection } from '../protocol/request.ts'
import type { TemplateContext } from '../template/context.ts'
import { isTemplate } from '../template/template.ts'
import { toNode } from '../values/value.ts'

/** What is chosen of the tasks. */
export type Tags = Pick<Selection, 'tags' | 'skipTags'>

/** Whether a step with these tags is run under --tags and --skip-tags, with Ansible's special tags. */
function isSelected(own: readonly string[], only: readonly string[], skip: readonly string[]): boolean {
  return isWanted(own, only) && !isSkipped(own, only, skip)
}

function isWanted(own: readonly string[], only: readonly string[]): boolean {
  const named = own.some((tag) => only.includes(tag))
  if (own.includes('always')) return true
  if (own.includes('never')) return named
  if (only.length === 0 || only.includes('all')) return true
  if (only.includes('tagged') && own.length > 0) return true
  if (only.includes('untagged') && own.length === 0) return true
  return named
}

function isSkipped(own: readonly string[], only: readonly string[], skip: readonly string[]): boolean {
  if (own.some((tag) => skip.includes(tag))) return true
  if (skip.includes('all')) return !(own.includes('always') && !skip.includes('always'))
  if (skip.includes('tagged') && own.length > 0) return true
  return skip.includes('untagged') && own.length === 0 && only.length === 0
}

/**
 * The steps that are selected; blocks keep those within, and go when none is left. Tags that are templates see the
 * variables of the play. Raises ProblemError.
 */
export function selectSteps(
  steps: readonly Step[],
  { tags, skipTags }: Tags,
  scope: () => TemplateContext,
): Step[] {
  return steps.flatMap((step): Step[] => {
    if (step.kind !== 'block') {
      // Flushing handlers and ending plays is no task of the user's: tags do not take it away.
      const exempt = step.kind === 'meta' && step.inherited.tags.length === 0
      return exempt || isSelected(tagsOf(step, scope), tags, skipTags) ? [step] : []
    }
    const part = (list: readonly Step[]) => selectSteps(list, { tags, skipTags }, scope)
    const block: Block = {
      ...step,
      block: part(step.block),
      rescue: part(step.rescue),
      always: part(step.always),
    }
    return block.block.length + block.rescue.length + block.always.length === 0 ? [] : [block]
  })
}

function tagsOf({ inherited, place }: Step, scope: () => TemplateContext): readonly string[] {
  return inherited.tags.flatMap((tag) =>
    isTemplate(tag) ? [scope().render(toNode(tag, place))].flat().map(String) : [tag],
  )
}
