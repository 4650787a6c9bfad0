using Winnow.Server.Commands;
using Winnow.Server.Demo;
using Winnow.Server.Roles;

if (CommandLine.Takes(args)) return await CommandLine.Run(args, Console.Out, Console.Error);
await using var app = args is ["demo", ..] ? await DemoServer.Build(args[1..]) : await WinnowServer.Build(args);
await app.RunAsync();
return 0;

/// <summary>The entry point; public so that tests can start the real server.</summary>
public partial class Program;
