using System.Globalization;
using System.Text.Json;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>What is unusual about the clients' data, and about what becomes of training images, in words.</summary>
internal static class DataText
{
    /// <summary>Format, pixels and feature shift where they are not the defaults: one line for all clients, or one for each kind of data with those that have it.</summary>
    public static IEnumerable<string> Of(Plan plan)
    {
        var kinds = plan.Clients.GroupBy(client => Of(client), StringComparer.Ordinal).ToList();
        return kinds.Where(kind => kind.Key != Default).Select(kind => kinds.Count == 1 ? kind.Key : $"{kind.Key} ({Names([.. kind.Select(c => c.Name)])})");
    }

    /// <summary>Augmentation; empty where there is none.</summary>
    public static string Of(AugmentationSpec? augmentation)
    {
        string?[] parts = [augmentation?.Crop > 0 ? Text($"random crops with {augmentation.Crop} pixels of black around") : null, augmentation?.Flip == true ? "random flips" : null];
        return string.Join(" and ", parts.OfType<string>());
    }

    private static string Default => Name(DataFormat.Idx);

    private static string Of(PlannedClient client)
    {
        string?[] parts =
        [
            Name(client.Format),
            client.Pixels?.Mean is { } mean ? $"pixels' mean {Numbers(mean)}" : null,
            client.Pixels?.Deviation is { } deviation ? $"pixels' deviation {Numbers(deviation)}" : null,
            .. Shift(client.Partition.FeatureShift),
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    private static IEnumerable<string> Shift(FeatureShiftSpec? shift)
    {
        if (shift?.Contrast > 0)
            yield return Text($"contrast from 1 to {1 - shift.Contrast:0.####} by client");
        if (shift?.Rotation > 0)
            yield return Text($"turned by -{shift.Rotation} to {shift.Rotation} degrees by client");
        if (shift?.Noise > 0)
            yield return Text($"noise of deviation 0 to {shift.Noise} by client");
    }

    private static string Names(IReadOnlyList<string> names) => names.Count <= 3 ? string.Join(", ", names) : Text($"{names[0]}, {names[1]} and {names.Count - 2} more");

    private static string Numbers(IReadOnlyList<double> numbers) => string.Join(" ", numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));

    private static string Name(DataFormat format) => JsonNamingPolicy.CamelCase.ConvertName(format.ToString());

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
