using FedOperator.Operator.Commands;

return await FedCommand.Create(Console.Out, Console.Error).Parse(args).InvokeAsync();
