/** What is shown in place of a console that was not built. */
export const MISSING_CONSOLE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tenuto: the console is not built</title>
<h1>The console is not built</h1>
<p>The server runs, and its API answers at <code>/api/v1</code>.</p>
<p>To build the console, run this in the folder of the project, then load this page again once the
server was started anew:</p>
<pre>npm ci</pre>
<p>Where the packages are installed already, <code>npm run prepare</code> is enough.</p>
</html>
`;
