import type { Place } from '../values/source.ts'
import type { Location } from './event.ts'

export function locationOf(place: Place): Location {
  return { file: place.source.path, ...place.source.position(place.start) }
}
