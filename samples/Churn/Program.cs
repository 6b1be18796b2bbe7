using GokaAkka.Samples.Churn;

return await new ChurnCommand().Run(args);
