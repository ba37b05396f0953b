using System.CommandLine;
using FedOperator.Bench;
using FedOperator.Bench.Cells;
using FedOperator.Bench.Exact;
using FedOperator.Bench.Normalization;
using FedOperator.Bench.Personalization;
using FedOperator.Bench.Rounds;
using FedOperator.Bench.Scale;
using FedOperator.Bench.Training;

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

var round = new Command("round", "What a round costs besides training, by part");
round.SetAction((_, token) => RoundOverhead.RunAsync(token));

var exact = new Command("exact", "A step of `normalization.training: exact` beside `federated`, by the latency of the store");
exact.SetAction((_, token) => ExactStep.RunAsync(token));

var slices = new Option<int>("--slices") { DefaultValueFactory = _ => 15, Description = "Turns of each side a row" };
var clock = new Option<string>("--clock") { DefaultValueFactory = _ => "wall", Description = "`wall`, or `cpu` for each process's own seconds" };
var only = new Option<string>("--only") { DefaultValueFactory = _ => "", Description = "Part of the names of the rows to measure" };
var train = new Command("train", "Training images a second of cnn, resnet20, resnet34 and mobilenetV1, in turns with PyTorch on the same libtorch");
train.Options.Add(slices);
train.Options.Add(clock);
train.Options.Add(only);
var layout = new Option<string?>("--layout") { Description = "PyTorch's layout of images and weights: `contiguous`, or `channelsLast`; default: the trainer's" };
layout.AcceptOnlyFromAmong("contiguous", "channelsLast");
train.Options.Add(layout);
var measured = new Option<string?>("--result") { Description = "Write bench/results/NAME.json: default `train` without --only and --layout, none with them" };
train.Options.Add(measured);
train.SetAction(parsed =>
{
    var whole = parsed.GetRequiredValue(only).Length == 0 && parsed.GetValue(layout) is null;
    TrainingThroughput.Run(parsed.GetValue(slices), parsed.GetRequiredValue(clock), parsed.GetRequiredValue(only), parsed.GetValue(layout), parsed.GetValue(measured) ?? (whole ? "train" : null));
});

var worker = new Command("train-worker", "Our side of `train`") { Hidden = true };
var plan = new Argument<string[]>("plan");
worker.Arguments.Add(plan);
worker.SetAction(parsed => TrainingWorker.Run(parsed.GetRequiredValue(plan)));

var jobs = new Option<int>("--jobs") { DefaultValueFactory = _ => 1000, Description = "FederatedJobs" };
var clientsOfJob = new Option<int>("--clients") { DefaultValueFactory = _ => 10, Description = "Clients of each: it has as many pods, and the aggregator's" };
var watched = new Option<int>("--watch-seconds") { DefaultValueFactory = _ => 65, Description = "For how long the restarted operator is watched: it looks at each job every 30 s" };
var result = new Option<string?>("--result") { Description = "Write bench/results/NAME.json: default `operator` at 1,000 jobs of 10 clients or more, none for smaller runs" };
var scale = new Command("operator", "Objects a second of many jobs, in turns with a bare loop, on an API server of its own; requests, memory, passes that create nothing, and a restart");
scale.Options.Add(jobs);
scale.Options.Add(clientsOfJob);
scale.Options.Add(watched);
scale.Options.Add(result);
scale.SetAction((parsed, token) =>
{
    var options = new ScaleOptions(parsed.GetValue(jobs), parsed.GetValue(clientsOfJob), TimeSpan.FromSeconds(parsed.GetValue(watched)));
    return OperatorBench.RunAsync(options, parsed.GetValue(result) ?? (options is { Jobs: >= 1000, Clients: >= 10 } ? "operator" : null), token);
});

var full = new Option<bool>("--full") { Description = "Five times the steps, more learning rates and seeds: a day" };
var part = new Option<string>("--only") { DefaultValueFactory = _ => "", Description = "Part of the names of the cells to measure: `exact/`, `/twoClasses/1`" };
var normalization = new Command("normalization", "Every normalization scheme on IID and non-IID Fashion-MNIST, beside centralized training; goes on where it was stopped") { full, part };
normalization.SetAction((parsed, token) =>
    NormalizationBench.RunAsync(parsed.GetValue(full) ? CellBudget.Full : CellBudget.Core, parsed.GetRequiredValue(part), parsed.GetValue(full) ? "normalization-full" : "normalization", token));

var batch = new Command("normalization-batch", "Which batch statistics are of, in training and in inference (arXiv 2105.07576)");
batch.SetAction((_, token) => BatchBench.RunAsync(token));

var attack = new Command("normalization-attack", "Robust FBN while 2 of 10 clients poison their statistics");
attack.SetAction((_, token) => AttackBench.RunAsync(token));

var scheme = new Option<string>("--scheme") { Required = true };
var kind = new Option<string>("--data") { Required = true };
var steps = new Option<int>("--local-steps") { DefaultValueFactory = _ => 1 };
var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 300 };
var rates = new Option<double[]>("--rate") { DefaultValueFactory = _ => [0.1] };
var seeds = new Option<int[]>("--seed") { DefaultValueFactory = _ => [1] };
var changes = new Option<string[]>("--set") { DefaultValueFactory = _ => [] };
var files = new Option<string>("--files") { DefaultValueFactory = _ => FashionData.Folder };
var cell = new Command("normalization-cell", "One cell of `normalization`: several rates are tuned; prints its row") { scheme, kind, steps, rounds, rates, seeds, changes, files };
cell.Hidden = true;
cell.SetAction((parsed, token) => CellWorker.RunAsync(
    new Cell(parsed.GetRequiredValue(scheme), parsed.GetRequiredValue(kind), parsed.GetValue(steps), parsed.GetValue(changes)!),
    new CellBudget(new Dictionary<int, int> { [parsed.GetValue(steps)] = parsed.GetValue(rounds) }, parsed.GetValue(rates)!, parsed.GetValue(seeds)!), parsed.GetRequiredValue(files), token));

var personalization = new Command("personalization", "Every personalization method on Fashion-MNIST with 2, 4 and 10 classes a client; goes on where it was stopped") { full, part };
personalization.SetAction((parsed, token) => PersonalizationBench.RunAsync(parsed.GetValue(full) ? PersonalBudget.Full : PersonalBudget.Core, parsed.GetValue(full), parsed.GetRequiredValue(part), token));

var method = new Option<string>("--method") { Required = true };
var network = new Option<string>("--model") { Required = true };
var blocks = new Option<int>("--blocks");
var classes = new Option<int>("--classes") { Required = true };
var personalCell = new Command("personalization-cell", "One cell of `personalization`; prints its row") { method, network, blocks, classes, files, full };
personalCell.Hidden = true;
personalCell.SetAction((parsed, token) => PersonalizationBench.RunCellAsync(
    new PersonalCell(parsed.GetRequiredValue(method), parsed.GetRequiredValue(network), parsed.GetValue(blocks), parsed.GetValue(classes)),
    parsed.GetValue(full) ? PersonalBudget.Full : PersonalBudget.Core, parsed.GetRequiredValue(files), token));

var report = new Command("report", "bench/README.md from bench/results/*.json");
report.SetAction(_ => Report.Run());

return await new RootCommand("FedOperator's benchmarks, each beside its peer") { reduce, one, train, worker, round, exact, scale, normalization, batch, attack, cell, personalization, personalCell, report }
    .Parse(args)
    // After ctrl-C `operator` stops an API server.
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
