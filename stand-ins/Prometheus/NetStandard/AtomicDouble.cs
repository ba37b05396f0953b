namespace Prometheus;

/// <summary>A number that many threads change without losing a change.</summary>
internal struct AtomicDouble
{
    private double value;

    internal double Value
    {
        readonly get => Volatile.Read(in value);
        set => Volatile.Write(ref this.value, value);
    }

    internal void Add(double increment) => Replace(increment, static (seen, by) => seen + by);

    internal void RaiseTo(double target) => Replace(target, Math.Max);

    internal void LowerTo(double target) => Replace(target, Math.Min);

    private void Replace(double argument, Func<double, double, double> next)
    {
        var seen = Value;
        while (true)
        {
            // Compared by bits: a NaN would never equal itself.
            var found = Interlocked.CompareExchange(ref value, next(seen, argument), seen);
            if (BitConverter.DoubleToInt64Bits(found) == BitConverter.DoubleToInt64Bits(seen))
                return;
            seen = found;
        }
    }
}
