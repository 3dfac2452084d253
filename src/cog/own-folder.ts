/** The folder of this package's code; undefined where a bundler has put all into one file. */
export const OWN_FOLDER: string | undefined = /^(.*[\\/])cog[\\/]own-folder\.[jt]s$/.exec(
  import.meta.filename ?? '',
)?.[1];
