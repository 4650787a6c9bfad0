using Winnow.Server.Demo;
using Winnow.Server.Roles;

await using var app = args is ["demo", ..] ? await DemoServer.Build(args[1..]) : await WinnowServer.Build(args);
await app.RunAsync();

/// <summary>The entry point; public so that tests can start the real server.</summary>
public partial class Program;
