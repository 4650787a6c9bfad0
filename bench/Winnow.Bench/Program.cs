Console.WriteLine("usage: -- main [--db sqlite|postgres] [--rows N]");
