using System.CommandLine;
using FedOperator.Bench;

var clients = new Option<int>("--clients") { DefaultValueFactory = _ => 4 };
var folder = new Option<string>("--folder") { Required = true };
var mode = new Option<string>("--mode") { Required = true };

var reduce = new Command("reduce", "The streaming mean and the hash-and-check pass, at 4, 16 and 64 clients of 100 MB");
reduce.SetAction((_, token) => ReduceBench.RunAsync(token));

var one = new Command("reduce-one", "One measurement in a process of its own, for its peak memory") { Hidden = true };
one.Options.Add(folder);
one.Options.Add(clients);
one.Options.Add(mode);
one.SetAction((parsed, token) => ReduceOnce.RunAsync(parsed.GetRequiredValue(folder), parsed.GetValue(clients), parsed.GetRequiredValue(mode), token));

var report = new Command("report", "bench/README.md from bench/results/*.json");
report.SetAction(_ => Report.Run());

return await new RootCommand("FedOperator's benchmarks, each beside its peer") { reduce, one, report }.Parse(args).InvokeAsync();
