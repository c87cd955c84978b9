"""Billing's tables, a module per matter. Rows are read and written by repositories."""

from services.billing.tables.base import Base
from services.billing.tables.comparisons import (
    ComparisonFigureRow,
    ComparisonRemarkRow,
    ComparisonRow,
)
from services.billing.tables.cost_sharing import (
    CostArrangementRow,
    CostArrangementVersionRow,
    CostItemRow,
    CostPartyRow,
    CostShareRow,
    CostSharingRow,
    DriverReadingRow,
    IndexValueRow,
)
from services.billing.tables.costs import (
    CostDistributionRow,
    CostEntryRow,
    CostImportRow,
    CostMappingRow,
    CostPoolRow,
    CostUseRow,
    CostVoucherRow,
    OverheadPlanRow,
    PoolReadingRow,
)
from services.billing.tables.customers import (
    CustomerRow,
    FeeIndicationRow,
    LifeEventRow,
    RegisteredNameRow,
)
from services.billing.tables.indicators import PreparednessListRow
from services.billing.tables.invoices import (
    ClosedMonthRow,
    CostShareInstalmentRow,
    CreditRow,
    InstalmentRow,
    InvoiceCounterRow,
    InvoiceLineRow,
    InvoiceRow,
)
from services.billing.tables.ledger import LedgerEntryRow, VoucherCounterRow, VoucherRow
from services.billing.tables.own_prices import OwnPriceRow
from services.billing.tables.periods import BillingPeriodRow
from services.billing.tables.productivity import FullTimeEquivalentRow
from services.billing.tables.results import ResultOpeningRow
from services.billing.tables.savings import (
    SavingFollowUpRow,
    SavingOwnerRow,
    SavingRow,
    SavingSpecificationRow,
    SavingStepRow,
)
from services.billing.tables.start_up_costs import StartUpCostRow
from services.billing.tables.subscriptions import (
    EndingRow,
    GoLiveRow,
    SignedServiceRow,
    SignedVersionRow,
    SubscriptionRow,
)
from services.billing.tables.tariffs import QuoteRow, TariffVersionRow
from services.billing.tables.true_ups import (
    ActualPriceRow,
    FinalSettlementRow,
    TrueUpMonthRow,
    TrueUpRow,
    TrueUpTermsRow,
)
from services.billing.tables.volumes import (
    StagedPlaceRow,
    StagedVolumeRow,
    VolumeFilePieceRow,
    VolumeFileRow,
    VolumeRow,
)

__all__ = [
    "ActualPriceRow",
    "Base",
    "BillingPeriodRow",
    "ClosedMonthRow",
    "ComparisonFigureRow",
    "ComparisonRemarkRow",
    "ComparisonRow",
    "CostArrangementRow",
    "CostArrangementVersionRow",
    "CostDistributionRow",
    "CostEntryRow",
    "CostImportRow",
    "CostItemRow",
    "CostMappingRow",
    "CostPartyRow",
    "CostPoolRow",
    "CostShareInstalmentRow",
    "CostShareRow",
    "CostSharingRow",
    "CostUseRow",
    "CostVoucherRow",
    "CreditRow",
    "CustomerRow",
    "DriverReadingRow",
    "EndingRow",
    "FeeIndicationRow",
    "FinalSettlementRow",
    "FullTimeEquivalentRow",
    "GoLiveRow",
    "IndexValueRow",
    "InstalmentRow",
    "InvoiceCounterRow",
    "InvoiceLineRow",
    "InvoiceRow",
    "LedgerEntryRow",
    "LifeEventRow",
    "OverheadPlanRow",
    "OwnPriceRow",
    "PoolReadingRow",
    "PreparednessListRow",
    "QuoteRow",
    "RegisteredNameRow",
    "ResultOpeningRow",
    "SavingFollowUpRow",
    "SavingOwnerRow",
    "SavingRow",
    "SavingSpecificationRow",
    "SavingStepRow",
    "SignedServiceRow",
    "SignedVersionRow",
    "StagedPlaceRow",
    "StagedVolumeRow",
    "StartUpCostRow",
    "SubscriptionRow",
    "TariffVersionRow",
    "TrueUpMonthRow",
    "TrueUpRow",
    "TrueUpTermsRow",
    "VolumeFilePieceRow",
    "VolumeFileRow",
    "VolumeRow",
    "VoucherCounterRow",
    "VoucherRow",
]
