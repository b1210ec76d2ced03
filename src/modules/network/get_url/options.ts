import { requestOptions } from '../../../host/http/options.ts'
import { fileOptions, options } from '../../../sdk/options.ts'

export const declared = options({
  ...fileOptions,
  ...requestOptions,
  url: {
    type: 'str',
    required: true,
    help: 'What to fetch: http, https, ftp or file, with curl or wget on the host.',
  },
  dest: {
    type: 'path',
    required: true,
    help: 'The file that it becomes, or a folder, in which it gets the name that the server or the URL says.',
  },
  force: {
    type: 'bool',
    default: false,
    help: 'Whether it is fetched though the file is there and not older, and has the checksum.',
  },
  checksum: {
    type: 'str',
    default: '',
    help: 'Digest that it must have, as algorithm:digest or algorithm:URL of a file of digests.',
  },
  timeout: { type: 'int', default: 10, help: 'Seconds that the server may be silent.' },
  headers: { type: 'map', help: 'Headers that are sent, by their names.' },
  url_username: { type: 'str', aliases: ['username'], help: 'User name for the server.' },
  url_password: { type: 'str', aliases: ['password'], secret: true, help: 'Password for the server.' },
  backup: { type: 'bool', default: false, help: 'Keep a copy of the file that was there.' },
  tmp_dest: { type: 'path', help: 'Folder that it is fetched to first; beside dest if not given.' },
})
