var FILE = /\.(css|html|ico|js|json|png|svg|txt|webmanifest)$/;
function handler(event) {
  var request = event.request;
  if (!FILE.test(request.uri)) request.uri = '/index.html';
  return request;
}
