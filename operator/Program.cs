using System.CommandLine;
using FedOperator.Operator.Commands;

// `fed run` handles signals itself: its children need longer than the library would wait.
return await FedCommand.Create(Console.Out, Console.Error).Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
