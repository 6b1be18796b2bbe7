Console.Error.WriteLine("Churn: this sample has nothing to run yet.");
return 1;
