using System.CommandLine;
using System.Globalization;
using FedOperator.Core.Api;
using FedOperator.Operator.Children;
using FedOperator.Operator.Jobs;

namespace FedOperator.Operator.Commands;

/// <summary>The FILE argument, and what is said about a file that is wrong.</summary>
internal static class ManifestFile
{
    // A cluster's operator may allow other service accounts and kinds of volumes.
    private static readonly OperatorSettings s_defaults = new() { TrainerImage = "" };

    public static Argument<string> Argument() => new("FILE") { Description = "A FederatedJob as YAML or JSON; - reads standard input." };

    /// <summary>The job in the file; null after saying what is wrong with it.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="errors">Where that is said.</param>
    /// <param name="forCluster">Whether what it asks of its pods must be right too: `fed run` has none.</param>
    public static FederatedJob? Read(string file, TextWriter errors, bool forCluster = false)
    {
        string text;
        try
        {
            text = file == "-" ? Console.In.ReadToEnd() : File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{file}: cannot be read: {e.Message}");
            return null;
        }
        var reading = Manifest.Read(text, forCluster ? job => PodRequests.Check(job, s_defaults) : null);
        Explain(file, reading.Problems, errors);
        return reading.Job;
    }

    private static void Explain(string file, IReadOnlyList<Problem> problems, TextWriter errors)
    {
        foreach (var problem in problems)
            errors.WriteLine($"{file}{problem.Line?.ToString(":0", CultureInfo.InvariantCulture)}: {problem}");
        if (problems.Count > 0)
            errors.WriteLine($"{file}: {problems.Count} problem{(problems.Count == 1 ? "" : "s")}; nothing was started.");
    }
}
