import { requestOptions } from '../../../host/http/options.ts'
import { fileOptions, options } from '../../../sdk/options.ts'

export const declared = options({
  ...fileOptions,
  ...requestOptions,
  url: { type: 'str', required: true, help: 'What is asked: http or https, with curl or wget on the host.' },
  method: { type: 'str', default: 'GET', help: 'The method of the request, in capitals.' },
  body: { type: 'any', bytes: true, help: 'What is sent: a text, or what body_format makes a text of.' },
  body_format: {
    type: 'str',
    choices: ['form-urlencoded', 'json', 'raw', 'form-multipart'],
    default: 'raw',
    help: 'How a body that is no text is written, and what the server is told that it is.',
  },
  src: { type: 'file', help: 'File whose content is sent in place of body.' },
  remote_src: {
    type: 'bool',
    default: false,
    help: 'Whether src, and the files of a form, are on the host already.',
  },
  headers: { type: 'map', default: {}, help: 'Headers that are sent, by their names.' },
  status_code: { type: 'strings', default: ['200'], help: 'Every status that is a success.' },
  return_content: { type: 'bool', default: false, help: 'Whether what came is in the result as "content".' },
  dest: {
    type: 'path',
    help: 'File that what came becomes, or a folder, in which it is called as the server or the URL says.',
  },
  follow_redirects: {
    type: 'str',
    choices: ['all', 'no', 'none', 'safe', 'urllib2', 'yes'],
    default: 'safe',
    help: 'Which redirects are followed: safe are those of GET and HEAD.',
  },
  creates: { type: 'path', help: 'When there is this file on the host, nothing is asked.' },
  removes: { type: 'path', help: 'When there is not this file on the host, nothing is asked.' },
  timeout: { type: 'int', default: 30, help: 'Seconds that the server may be silent.' },
  url_username: { type: 'str', aliases: ['user'], help: 'User name for the server.' },
  url_password: { type: 'str', aliases: ['password'], secret: true, help: 'Password for the server.' },
  ca_path: { type: 'path', help: 'File on the host of the certificates that vouch for the server.' },
  unix_socket: { type: 'path', help: "The server's socket in the host's file system, for curl." },
})
