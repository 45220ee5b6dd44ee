// The original server as a process of its own: configuration as JSON in the first argument. Says its port when
// it is ready.
const { Deepstream } = require('@deepstream/server');

const server = new Deepstream(JSON.parse(process.argv[2]));
server.on('started', () => {
  const { port } = server.getServices().httpService.server.address();
  console.log(`listening on ${port}`);
});
// Any port that is free, which its check of the configuration does not know.
server.set('httpServer.options.port', 0);
server.start();
