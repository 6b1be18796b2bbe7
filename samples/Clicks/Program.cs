Console.Error.WriteLine("Clicks: this sample has nothing to run yet.");
return 1;
