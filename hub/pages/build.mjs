// Bundles the reader's scripts and styles. `npm run build:pages` runs it from the repository root.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const outdir = 'hub/trailbook_hub/service/static';
const shared = {
  bundle: true,
  minify: true,
  metafile: true,
  outdir,
  logLevel: 'warning',
  target: 'es2022',
  // Fonts and pictures of JupyterLab's own look: the reader uses the system's fonts.
  loader: {
    '.svg': 'text',
    '.woff': 'empty',
    '.woff2': 'empty',
    '.ttf': 'empty',
    '.eot': 'empty',
    '.png': 'empty'
  },
  // No Jupyter server is behind these pages; its client would be a twelfth of their script.
  alias: { '@jupyterlab/services': './hub/pages/noserver.ts' },
  define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' }
};

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
const results = [
  await build({
    ...shared,
    entryPoints: [
      'hub/pages/reader.ts',
      'hub/pages/diff.ts',
      'hub/pages/review.ts',
      'hub/pages/reader.css'
    ],
    format: 'esm',
    splitting: true
  }),
  // Before anything is painted, so not a module.
  await build({ ...shared, entryPoints: ['hub/pages/theme.ts'], format: 'iife' })
];
await copyFile('hub/pages/trail.svg', `${outdir}/trail.svg`);

const hash = createHash('sha256');
for (const { metafile } of results) {
  for (const [file, out] of Object.entries(metafile.outputs)) {
    hash.update(`${file} ${out.bytes} ${JSON.stringify(out.inputs)}`);
    if (['reader', 'diff', 'review', 'theme'].some(name => file.startsWith(`${outdir}/${name}.`))) {
      console.log(`${(out.bytes / 1024).toFixed(1).padStart(8)} kB  ${file}`);
    }
  }
}
await writeFile(`${outdir}/version.txt`, `${hash.digest('hex').slice(0, 12)}\n`);
