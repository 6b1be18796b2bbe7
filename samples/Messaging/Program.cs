using GokaAkka.Samples.Messaging;

return await new MessagingCommand().Run(args);
