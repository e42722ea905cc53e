function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\/api(?=\/|$)/, '') || '/';
  request.headers['true-client-ip'] = { value: event.viewer.ip };
  return request;
}
