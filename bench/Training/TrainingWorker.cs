using System.Diagnostics;
using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;
using FedOperator.Trainer.Data;
using FedOperator.Trainer.Training;

namespace FedOperator.Bench.Training;

/// <summary>Our side of the throughput bench: for each line N on standard input trains N steps exactly as a client does, and prints the seconds they took.</summary>
internal static class TrainingWorker
{
    private const int Held = 2048;

    /// <summary>Arguments: architecture, width, channels, side, batch, threads, kind (`local`, `federated`, `gradients`), steps (the N of every line), clock (`wall` or `cpu`).</summary>
    public static int Run(string[] arguments)
    {
        var plan = Plan(arguments);
        var draws = new Draws(1, "bench");
        var pixels = new byte[Held * plan.Model.InputShape.Aggregate((product, size) => product * size)];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)draws.Below(256);
        var samples = new Samples(pixels, [.. Enumerable.Range(0, Held).Select(_ => (byte)draws.Below(10))], plan.Model.InputShape);
        using var trainer = new LocalTrainer(plan, "bench", new ClientData(samples, samples));
        for (var round = 1; Console.ReadLine() is { } line; round++)
        {
            if (int.Parse(line, CultureInfo.InvariantCulture) != plan.Training.LocalSteps)
                throw new ArgumentException($"asked for {line} steps, started for {plan.Training.LocalSteps}", nameof(arguments));
            var start = Clock(arguments[8]);
            trainer.Train(round, 0.01, null, CancellationToken.None);
            Console.WriteLine((Clock(arguments[8]) - start).TotalSeconds.ToString("R", CultureInfo.InvariantCulture));
        }
        return 0;
    }

    private static TimeSpan Clock(string name) => name == "cpu" ? Environment.CpuUsage.TotalTime : Stopwatch.GetElapsedTime(0);

    private static Plan Plan(string[] arguments)
    {
        int Number(int i) => int.Parse(arguments[i], CultureInfo.InvariantCulture);
        return new Plan
        {
            Job = "bench",
            Hash = "",
            Rounds = 1,
            Seed = 1,
            Clients = [],
            Model = new ModelSpec { Architecture = Enum.Parse<Architecture>(arguments[0], ignoreCase: true), Width = Number(1), InputShape = [Number(2), Number(3), Number(3)] },
            Training = new TrainingSpec { LocalSteps = Number(7), BatchSize = Number(4), Threads = Number(5) },
            Normalization = new NormalizationSpec
            {
                Training = arguments[6] == "local" ? NormalizationTraining.Local : NormalizationTraining.Federated,
                GradientStatistics = arguments[6] == "gradients",
            },
            Personalization = new PersonalizationSpec(),
            Aggregation = new AggregationSpec(),
            Evaluation = new EvaluationSpec(),
            Participation = new ParticipationSpec(),
            StartupDeadlineSeconds = 1,
            Retention = new RetentionSpec(),
        };
    }
}
