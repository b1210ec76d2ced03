/** All behind it is in C's locale, but what is behind `WITH_LOGIN_LOCALE`. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
export const IN_C_LOCALE = 'playssh_locale=${LC_ALL-} LC_ALL=C; export LC_ALL'

/** What `LC_ALL` has been set to counts for the user's own programs too. */
export const ALSO_FOR_PROGRAMS = 'playssh_locale=$LC_ALL'

/** The locale that the user's own programs have. */
export const WITH_LOGIN_LOCALE =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
  'case ${playssh_locale-} in ?*) LC_ALL=$playssh_locale ;; *) unset LC_ALL ;; esac'
