var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRazorComponents();
var app = builder.Build();
app.Run();

/// <summary>The entry point; public so that tests can start the real server.</summary>
public partial class Program;
