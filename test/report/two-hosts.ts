import type { Timeline } from '../../src/report/profile/timeline.ts'
import { changed, ok } from './events.ts'
import { TimedStory } from './timed.ts'

/** A run of two tasks: a changes something in the first and ends it last, b in the second. */
export function twoHosts(): Timeline {
  const story = new TimedStory(['a', 'b'])
  story.runner('starting', 0, 200).runner('playbooks', 200, 250).runner('inventory', 250, 260)
  story.runner('checking', 260, 280).play(300)

  const packages = story.info('Packages', 'apt')
  story.start(packages, 300, ['a', 'b'])
  story.span(packages, 'a', 'rendering', 300, 310).connecting('a', 310)
  story.span(packages, 'b', 'rendering', 310, 320).connecting('b', 320)
  story.span(packages, 'a', 'connecting', 310, 350).span(packages, 'a', 'prefetching', 350, 355)
  story.probed(packages, 'a', 3, 355)
  story.span(packages, 'b', 'connecting', 320, 360).span(packages, 'b', 'prefetching', 360, 370)
  story.probed(packages, 'b', 3, 370)
  story.span(packages, 'a', 'result', 355, 400).span(packages, 'a', 'planning', 400, 410)
  story.span(packages, 'b', 'result', 370, 420).finish(packages, 'b', ok(), 430)
  story.span(packages, 'a', 'applying', 410, 500, 'exec').finish(packages, 'a', changed([]), 500)
  story.taskEnd(packages, 500)

  const settings = story.info('Settings')
  story.start(settings, 510, ['a', 'b'])
  story.span(settings, 'a', 'prefetching', 510, 515).probed(settings, 'a', 2, 515)
  story.span(settings, 'b', 'prefetching', 515, 520).probed(settings, 'b', 2, 520)
  story.span(settings, 'a', 'result', 515, 540).finish(settings, 'a', ok(), 550)
  story.span(settings, 'b', 'result', 520, 560).span(settings, 'b', 'pausing', 560, 700)
  story.finish(settings, 'b', ok(), 705).taskEnd(settings, 705)

  return story.end(710).runner('closing', 720, 750).close(800)
}
