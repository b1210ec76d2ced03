import type { Catalogue } from '../../sdk/module.ts'
import { acl } from './acl/index.ts'
import { archive } from './archive/index.ts'
import { assemble } from './assemble.ts'
import { blockinfile } from './blockinfile.ts'
import { capabilities } from './capabilities.ts'
import { copy } from './copy.ts'
import { fetch } from './fetch.ts'
import { file } from './file/index.ts'
import { find } from './find/index.ts'
import { ini_file } from './ini_file/index.ts'
import { lineinfile } from './lineinfile.ts'
import { replace } from './replace.ts'
import { slurp } from './slurp.ts'
import { stat } from './stat.ts'
import { synchronize } from './synchronize/index.ts'
import { tempfile } from './tempfile.ts'
import { template } from './template.ts'
import { unarchive } from './unarchive/index.ts'
import { xattr } from './xattr.ts'
import { xml } from './xml/index.ts'

export const files: Catalogue = {
  acl,
  assemble,
  archive,
  blockinfile,
  capabilities,
  copy,
  fetch,
  file,
  find,
  ini_file,
  lineinfile,
  replace,
  slurp,
  stat,
  synchronize,
  tempfile,
  template,
  unarchive,
  xattr,
  xml,
}
